using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>The forms of names and numbers in manifests. \z, for $ also matches before a newline at the end. None of these can backtrack for long: no repetition is inside another over the same characters.</summary>
internal static partial class Forms
{
    public const string IdentifierText = "3 to 50 of a-z, 0-9, _ and -, beginning with a letter or digit";
    public const string HandlerText = "the name of a function";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{2,49}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Identifier();

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?\z", RegexOptions.CultureInvariant)]
    public static partial Regex SemVer();

    /// <summary>What a dialect may write where it does not ask for SemVer: one to three numbers, with or without a <c>v</c>.</summary>
    [GeneratedRegex(@"\Av?(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8}))?(\.(0|[1-9][0-9]{0,8}))?(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?\z", RegexOptions.CultureInvariant)]
    public static partial Regex LooseVersion();

    /// <summary>A secret, as it is named in a header's <c>{secret: "name"}</c> or as a variable of a child.</summary>
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant)]
    public static partial Regex SecretName();

    [GeneratedRegex(@"\A[A-Za-z_$][A-Za-z0-9_$.:-]{0,127}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Handler();

    /// <summary>An id of something registered, of a language, an event, a middleware.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Id();

    /// <summary>A capability: a kind and a name, exact or with a trailing star.</summary>
    [GeneratedRegex(@"\A(\*|[A-Za-z_]{1,20}:(\*|[A-Za-z0-9_.:/-]{1,100}\*?))\z", RegexOptions.CultureInvariant)]
    public static partial Regex Capability();

    [GeneratedRegex(@"\A(@[a-z0-9][a-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    public static partial Regex DependencyName();

    [GeneratedRegex(@"\A[0-9A-Za-z^~<>=*!][0-9A-Za-z^~<>=*!.,|+ -]{0,99}\z", RegexOptions.CultureInvariant)]
    public static partial Regex DependencyVersion();

    [GeneratedRegex(@"\A(https?://[!-~]{1,300})?\z", RegexOptions.CultureInvariant)]
    public static partial Regex WebAddress();
}
