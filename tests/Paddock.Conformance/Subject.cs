using System.Text;

namespace Paddock.Conformance;

/// <summary>A runtime with a guest that behaves in every way the list asks for, as far as the runtime can.</summary>
/// <param name="Name">What is shown.</param>
/// <param name="Spec">The guest.</param>
/// <param name="Functions">The guest's function for each behaviour.</param>
/// <param name="Gaps">Why the others cannot be asked for.</param>
public sealed record Subject(string Name, Func<SandboxSpec> Spec, IReadOnlyDictionary<string, string> Functions, IReadOnlyDictionary<string, string> Gaps)
{
    /// <summary>Memory that its guests need to live at all; the list's own limit by default.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>A behaviour's call.</summary>
    public SandboxCall Call(Behaviour behaviour) => new() { Function = Functions[behaviour.Name], Input = Encoding.UTF8.GetBytes(behaviour.Input) };

    /// <summary>A behaviour's plugin.</summary>
    public SandboxSpec SpecFor(Behaviour behaviour) => Spec() with
    {
        Limits = MemoryBytes is { } memory ? behaviour.Limits with { MemoryBytes = memory } : behaviour.Limits,
        Stateful = behaviour.Stateful,
    };

    /// <summary>Functions with some behaviours' changed, or left out (null).</summary>
    public static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> from, params (string Behaviour, string? Function)[] changes)
    {
        var functions = new Dictionary<string, string>(from);
        foreach (var (behaviour, function) in changes)
        {
            functions.Remove(behaviour);
            if (function is not null) functions[behaviour] = function;
        }

        return functions;
    }
}
