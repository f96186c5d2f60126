using System.Text;
using Paddock.Sandbox.Protocol.Calls;

namespace Paddock.Sandbox.Protocol.Tests;

public sealed class GuestLogTests
{
    private static readonly Limits Limits = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void AddError_TextInPieces_IsALineAnEntry()
    {
        var log = New();
        log.AddError("one\ntw"u8);
        Assert.Equal(["one"], Lines(log));
        log.AddError("o\r\n\nthr"u8);
        log.AddError("ee"u8);
        Assert.Equal(["one", "two", ""], Lines(log));
        log.EndErrorLine();
        log.EndErrorLine();
        Assert.Equal(["one", "two", "", "three"], Lines(log));
    }

    [Fact]
    public void AddError_CharacterInTwoPieces_IsWhole()
    {
        var log = New();
        var text = Encoding.UTF8.GetBytes("\u00e9\n");
        log.AddError(text.AsSpan(0, 1));
        log.AddError(text.AsSpan(1));
        Assert.Equal(["\u00e9"], Lines(log));
    }

    // The answer of a call and the standard error of its process come by two pipes: the call may end between a line's text and its entry.
    [Fact]
    public async Task EndErrorLine_WhileTheReaderAddsLines_LinesStayWhole()
    {
        const int Rounds = 5_000;
        var logs = Enumerable.Range(0, Rounds).Select(_ => New()).ToArray();
        using var together = new Barrier(2);
        var reader = Task.Factory.StartNew(() =>
        {
            foreach (var log in logs)
            {
                together.SignalAndWait(Stop);
                log.AddError("raw\n"u8);
            }
        }, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (var log in logs)
        {
            together.SignalAndWait(Stop);
            log.EndErrorLine();
        }

        await reader;
        Assert.All(logs, log => Assert.Equal(["raw"], Lines(log)));
    }

    private static GuestLog New() => new(Limits, TimeProvider.System, () => Assert.Fail("a limit was reached"));

    private static IEnumerable<string> Lines(GuestLog log) => log.Entries.Select(entry => entry.Message);
}
