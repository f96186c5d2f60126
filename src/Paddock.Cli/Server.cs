namespace Paddock.Cli;
internal static class Server { public static Task<int> RunAsync(ServeOptions o, CancellationToken c) { Console.WriteLine(o); return Task.FromResult(0);} }
internal static class SingleRun { public static Task<int> ExecuteAsync(RunOptions o, CancellationToken c) { Console.WriteLine(o); return Task.FromResult(0);} }
