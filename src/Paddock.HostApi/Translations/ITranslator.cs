namespace Paddock.HostApi.Translations;

/// <summary>Looks up texts for plugins: their own, and the application's.</summary>
public interface ITranslator
{
    /// <summary>The text of a key, without arguments put in; null where there is none. Asked by <paramref name="scope"/>'s plugin.</summary>
    /// <param name="scope">Who asks; its plugin's own texts come first.</param>
    /// <param name="key">The key as the plugin wrote it, at most 255 characters.</param>
    /// <param name="language">The language asked for (<c>de-AT</c>); null for the call's, then the application's.</param>
    string? Find(HostCallScope scope, string key, string? language);
}
