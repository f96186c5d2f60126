namespace Paddock.EndToEnd.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_Once_TellsItsStoryAndEnds()
    {
        var outcome = (await Tool.RunAsync(Built.Demo, "--paddock", Built.Paddock, "--sample", Built.FileHelper, "--once")).Expect(0);
        int at = 0;
        foreach (string step in new[] { "PERMISSION_DENIED", "files: read, write in ", "hello from a plugin", "note.txt is there", "TIME_LIMIT", "MEMORY_LIMIT", "GUEST_ERROR" })
        {
            int found = outcome.Output.IndexOf(step, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{step} is missing after character {at}:\n{outcome.Output}");
            at = found;
        }

        Assert.DoesNotContain('\u001b', outcome.Output);
    }
}
