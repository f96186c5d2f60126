using Paddock.Bench;
using Paddock.Bench.Platform;
using Paddock.Bench.Processes;
using Paddock.Bench.Soak;

// One program. What it lists is what people run; the others are parts of it, in processes of their own.
switch (args)
{
    case []:
        Console.WriteLine("js    calls of JavaScript plugins, beside node; writes bench/results/js.md");
        Console.WriteLine("door  what the host's door costs a host call; writes bench/results/door.md");
        Console.WriteLine("wasm-cache  a cache read from a WebAssembly plugin; writes bench/results/wasm-cache.md");
        Console.WriteLine("go-plugin  calls of native plugins, beside a bare socket and HashiCorp's host; writes bench/results/go-plugin.md");
        Console.WriteLine("platform  [--keep FOLDER]: host calls, routes over HTTP, reloads, a thousand plugins; writes bench/results/platform.md");
        Console.WriteLine("process  calls and starts of plugins in processes of their own; writes bench/results/process.md");
        Console.WriteLine("soak  [--minutes 30 | --seconds N]: hosts under load and attack; writes bench/results/soak.md");
        return 0;
    case ["wasm-cache"]:
        await CacheReads.RunAsync();
        return 0;
    case ["door"]:
        await DoorBench.RunAsync();
        return 0;
    case ["process"]:
        await ProcessBench.RunAsync();
        return 0;
    case ["process", "neighbours"]:
        await ProcessBench.NeighboursAsync();
        return 0;
    case ["process", "containers"]:
        await ProcessBench.ContainersAsync();
        return 0;
    case ["js"]:
        await JavaScriptBench.RunAsync();
        return 0;
    case ["go-plugin"]:
        await GoPluginBench.RunAsync();
        return 0;
    case ["platform"]:
        await PlatformBench.RunAsync(null);
        return 0;
    case ["platform", "--keep", var folder]:
        await PlatformBench.RunAsync(Path.GetFullPath(folder));
        return 0;
    case ["platform", "cache"]:
        Console.WriteLine(await CacheCalls.MeasureAsync());
        return 0;
    case ["platform", "calls"]:
        Console.WriteLine(await CallCosts.MeasureAsync());
        return 0;
    case ["platform", "routes"]:
        Console.WriteLine(await RouteRequests.MeasureAsync());
        return 0;
    case ["platform", "reloads"]:
        Console.WriteLine(await ReloadUnderLoad.MeasureAsync(100_000));
        return 0;
    case ["platform", "many"]:
        Console.WriteLine(ThousandPlugins.Measure(null));
        return 0;
    case [ThousandPlugins.Command, "install", var folder]:
        await ThousandPlugins.InstallAsync(folder);
        return 0;
    case [ThousandPlugins.Command, "start", var folder, var count]:
        await ThousandPlugins.StartAsync(folder, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["soak", .. var options]:
        return await SoakCommand.RunAsync(options);
    case [SoakServer.Command, var folder]:
        await SoakServer.RunAsync(folder);
        return 0;
    case [LoadProcess.Command]:
        await LoadProcess.ServeAsync();
        return 0;
    case ["js-cold"]:
        await ColdStart.RunOnceAsync();
        return 0;
    case ["js-plugins"]:
        await ManyPlugins.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine($"There is no bench \"{string.Join(' ', args)}\"; without a name they are listed.");
        return 2;
}
