namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>What a plugin says went wrong.</summary>
internal static class PluginText
{
    private const int Most = 10_000;

    /// <summary>Cleaned, and cut: an error may be as long as a message, and is kept in every record of the call.</summary>
    internal static string Of(string said) => GuestText.Clean(said.Length > Most ? said[..Most] : said);
}
