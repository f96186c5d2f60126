using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace Paddock.AspNetCore;

/// <summary>On whose behalf a plugin is called by way of a contribution, and in which language.</summary>
/// <param name="Principal">The caller; for a stranger one without rights.</param>
/// <param name="IsKnown">Whether it is anybody at all.</param>
/// <param name="Login">How people call it.</param>
/// <param name="Language">Language tag.</param>
internal sealed record PluginCaller(Principal Principal, bool IsKnown, string Login, string Language)
{
    private const int LongestTag = 35;

    public static PluginCaller Of(HttpContext context, PaddockHttpOptions options)
    {
        var known = context.User.Paddock() ?? (context.User.Identity?.IsAuthenticated == true ? options.Caller(context.User) : null);
        string language = LanguageOf(context) ?? options.DefaultLanguage;
        // The least role there is: a stranger's call is nobody's, and counts for nobody.
        return known is null
            ? new(new Principal(options.Tenant, "", PrincipalRole.Agent), false, "", language)
            : new(known, true, context.User.Identity?.Name ?? known.Owner, language);
    }

    private static string? LanguageOf(HttpContext context)
    {
        if (context.Features.Get<IRequestCultureFeature>() is { } culture) return culture.RequestCulture.UICulture.Name;
        string? header = context.Request.Headers.AcceptLanguage;
        if (string.IsNullOrEmpty(header)) return null;
        var first = header.AsSpan();
        int end = first.IndexOfAny(',', ';');
        if (end >= 0) first = first[..end];
        first = first.Trim();
        return first.Length is > 0 and <= LongestTag && !first.ContainsAnyExcept(TagCharacters) ? first.ToString() : null;
    }

    private static readonly System.Buffers.SearchValues<char> TagCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
