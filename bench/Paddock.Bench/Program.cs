using Paddock.Bench;

// One program. `js` and `door` are what people run; the others are parts of it, in processes of their own.
switch (args)
{
    case []:
        Console.WriteLine("js    calls of JavaScript plugins, beside node; writes bench/results/js.md");
        Console.WriteLine("door  what the host's door costs a host call; writes bench/results/door.md");
        Console.WriteLine("wasm-cache  a cache read from a WebAssembly plugin; writes bench/results/wasm-cache.md");
        return 0;
    case ["wasm-cache"]:
        await CacheReads.RunAsync();
        return 0;
    case ["door"]:
        await DoorBench.RunAsync();
        return 0;
    case ["js"]:
        await JavaScriptBench.RunAsync();
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
