using Microsoft.Extensions.Localization;

namespace Paddock.AspNetCore;

/// <summary>The texts that running plugins bring, by namespace (the plugin's name unless it says otherwise).</summary>
public interface IPluginTexts
{
    /// <summary>A text in <paramref name="language"/>, else in a less definite form of it (<c>de-AT</c>, <c>de</c>), else in the application's default language; null where there is none.</summary>
    string? Find(string @namespace, string key, string language);

    /// <summary>The texts of one namespace as a localizer. Its language is the current UI culture's at each use. A text that is not found is its key.</summary>
    IStringLocalizer For(string @namespace);

    /// <summary>The same for one fixed language.</summary>
    IStringLocalizer For(string @namespace, string language);
}
