namespace Paddock.Cli;

/// <summary>Makes a guest's text fit for a terminal.</summary>
internal static class Terminal
{
    // SECURITY: escape sequences in a log or an error message rewrite what the user sees, or type for them.
    public static string Clean(string text) => string.Create(text.Length, text, (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) && source[i] is not ('\n' or '\t') ? '\uFFFD' : source[i];
    });
}
