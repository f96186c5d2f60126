using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>Another program in a sandbox of the same launcher, which goes on answering.</summary>
internal sealed class Neighbour(IGuestProcess process) : IAsyncDisposable
{
    private const string Script = "import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)";

    private readonly StreamReader _output = new(process.Output, Encoding.UTF8);

    public static async Task<Neighbour> StartAsync() =>
        new(await new BubblewrapLauncher().StartAsync(Specs.Python(Script), TestContext.Current.CancellationToken));

    public async Task AnswersAsync()
    {
        await process.Input.WriteAsync("abc\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("cba", await _output.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        _output.Dispose();
    }
}
