using Paddock.Samples.Demo;

if (DemoArguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync("usage: Demo --paddock PROGRAM --sample FILE [--once] [--port N]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var temporary = Directory.CreateTempSubdirectory("paddock-demo-");
try
{
    string data = Path.Combine(temporary.FullName, "data");
    string folder = temporary.CreateSubdirectory("granted").FullName;
    await using var server = await Server.StartAsync(arguments.Paddock, data, arguments.Port, stop.Token);
    using var client = new Client(server.Address);
    Screen.Says($"Paddock serves at {server.Address}, with its data in {data}");
    int surprises = await new Story(client, server, arguments.Sample, folder).TellAsync();
    if (surprises > 0) return 1;
    if (arguments.Once) return 0;

    Screen.Chapter("Still serving; Ctrl+C ends it and removes its data");
    Screen.Says($"address         {server.Address}");
    Screen.Says($"API             {new Uri(server.Address, "openapi/v1.json")}");
    Screen.Says($"author token    {server.AuthorToken}");
    Screen.Says($"operator token  {server.OperatorToken}");
    await Task.WhenAny(server.Ended, Task.Delay(Timeout.Infinite, stop.Token));
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
finally
{
    temporary.Delete(recursive: true);
}
