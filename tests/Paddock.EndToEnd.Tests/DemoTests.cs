namespace Paddock.EndToEnd.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_OfSnippets_TellsItsStoryAndEnds()
    {
        var outcome = (await Tool.RunAsync(Built.Demo, "--paddock", Built.Paddock, "--sample", Built.FileHelper, "--once")).Expect(0);
        ExpectInOrder(outcome.Output, "PERMISSION_DENIED", "files: read, write in ", "hello from a plugin", "note.txt is there", "TIME_LIMIT", "MEMORY_LIMIT", "GUEST_ERROR");
    }

    [Fact]
    public async Task Demo_OfHelpDesk_BuildsThePluginsTellsItsStoryAndEnds()
    {
        using var folder = new TemporaryFolder();
        (await Tool.RunAsync(Built.PluginBuild, folder.At("packages"))).Expect(0);
        var outcome = (await Tool.RunAsync(Built.Demo, "--helpdesk", Built.HelpDesk, "--packages", folder.At("packages"), "--once")).Expect(0);
        ExpectInOrder(
            outcome.Output, "waits for review", "PENDING_REVIEW", "Approved", "9 widgets", "Offene Tickets", "SCOPE_NOT_GRANTED", "PERMISSION_DENIED",
            "denied", "1.1.0 serves", "1.2.0 waits for review", "snapshot of", "no widgets, no menu item");
    }

    private static void ExpectInOrder(string output, params ReadOnlySpan<string> steps)
    {
        int at = 0;
        foreach (string step in steps)
        {
            int found = output.IndexOf(step, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{step} is missing after character {at}:\n{output}");
            at = found;
        }

        Assert.DoesNotContain('\u001b', output);
    }
}
