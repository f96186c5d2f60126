using Paddock.Bench;

// One program, one bench a name; `js` is what people run, the others are parts of it in processes of their own.
switch (args is [var name, ..] ? name : "")
{
    case "js":
        await JavaScriptBench.RunAsync(args.Length > 1 ? args[1] : null);
        return 0;
    case "js-cold":
        await ColdStart.RunOnceAsync();
        return 0;
    default:
        Console.Error.WriteLine("benches: js");
        return 2;
}
