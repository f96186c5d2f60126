using Paddock.Samples.Demo;
using Paddock.Samples.Demo.HelpDesk;
using Paddock.Samples.Demo.Snippets;

if (DemoArguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync(DemoArguments.Usage);
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
    return arguments.HelpDesk is null ? await SnippetsAsync() : await HelpDeskAsync();
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
finally
{
    temporary.Delete(recursive: true);
}

async Task<int> HelpDeskAsync()
{
    string data = Path.Combine(temporary.FullName, "data");
    await using var server = await Server.StartAsync(arguments.HelpDesk!, ["--data", data, "--urls", $"http://127.0.0.1:{arguments.Port}", "--stop-with-input"], stop.Token);
    Screen.Says($"HelpDesk, an application with plugins, serves at {server.Address}");
    using var agent = await Browser.SignInAsync(server.Address, "anna", server.Printed["anna password"]);
    using var administrator = await Browser.SignInAsync(server.Address, "adam", server.Printed["adam password"]);
    int surprises = await new HelpDeskStory(agent, administrator, new Publisher(arguments.Packages!)).TellAsync();
    if (surprises > 0) return 1;
    if (arguments.Once) return 0;

    Screen.Chapter("Still serving; Ctrl+C ends it and removes its data");
    Screen.Says($"address        {server.Address}");
    Screen.Says($"agent          anna, password {server.Printed["anna password"]}");
    Screen.Says($"administrator  adam, password {server.Printed["adam password"]}");
    await Task.WhenAny(server.Ended, Task.Delay(Timeout.Infinite, stop.Token));
    return 0;
}

async Task<int> SnippetsAsync()
{
    string data = Path.Combine(temporary.FullName, "data");
    string folder = temporary.CreateSubdirectory("granted").FullName;
    await using var server = await Server.StartAsync(arguments.Paddock!, ["serve", "--urls", $"http://127.0.0.1:{arguments.Port}", "--data", data, "--stop-with-input"], stop.Token);
    using var client = new Client(server.Address);
    Screen.Says($"Paddock serves at {server.Address}, with its data in {data}");
    int surprises = await new SnippetStory(client, server, arguments.Sample!, folder).TellAsync();
    if (surprises > 0) return 1;
    if (arguments.Once) return 0;

    Screen.Chapter("Still serving; Ctrl+C ends it and removes its data");
    Screen.Says($"address         {server.Address}");
    Screen.Says($"API             {new Uri(server.Address, "openapi/v1.json")}");
    Screen.Says($"author token    {server.Printed["author token"]}");
    Screen.Says($"operator token  {server.Printed["operator token"]}");
    await Task.WhenAny(server.Ended, Task.Delay(Timeout.Infinite, stop.Token));
    return 0;
}
