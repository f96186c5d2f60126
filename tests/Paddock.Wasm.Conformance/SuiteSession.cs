namespace Paddock.Wasm.Conformance;

/// <summary>The instances of one file: the current one, those with a name, and what was registered for import.</summary>
internal sealed class SuiteSession(SuiteArchive archive) : IDisposable
{
    private readonly Imports _imports = Spectest.CreateImports();
    private readonly Dictionary<string, Instance> _named = [];
    private readonly List<Instance> _all = [];
    private Instance? _current;

    public void Define(SuiteCommand command)
    {
        _current = null;
        var instance = Instantiate(command);
        _all.Add(instance);
        _current = instance;
        if (command.Name is not null) _named[command.Name] = instance;
    }

    public void Register(SuiteCommand command) => _imports.Add(command.As!, Find(command.Name));

    public Instance Instantiate(SuiteCommand command) => ModuleCompiler.Compile(Validate(command)).Instantiate(_imports);

    public ValidatedModule Validate(SuiteCommand command) => ModuleValidator.Validate(Decode(command));

    public DecodedModule Decode(SuiteCommand command) => ModuleDecoder.Decode(archive[command.Filename!]);

    public WasmValue[] Perform(SuiteAction action)
    {
        var instance = Find(action.Module);
        if (action.Type == "get") return [instance.GetGlobal(action.Field).Value];
        var function = instance.GetFunction(action.Field);
        var results = new WasmValue[function.Type.Results.Count];
        function.Call([.. (action.Args ?? []).Select(SuiteValues.Parse)], results);
        return results;
    }

    public void Dispose()
    {
        foreach (var instance in _all) instance.Dispose();
    }

    private Instance Find(string? name) =>
        name is null ? _current ?? throw new InvalidOperationException("no current module") : _named[name];
}
