namespace Paddock;

/// <summary>What the application tells plugins.</summary>
public interface IPluginEvents
{
    /// <summary>Calls the hook of every running plugin that has one for the event, one after the other in the order of their names, and answers what came of each. A failing hook stops none of the others.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">Name of the event (<c>ticket.created</c>).</param>
    /// <param name="payload">UTF-8 JSON.</param>
    /// <param name="cancellationToken">Ends the hook under way and calls no further one.</param>
    ValueTask<IReadOnlyList<HookOutcome>> RaiseAsync(string tenant, string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default);
}

/// <summary>What came of one hook.</summary>
/// <param name="Plugin">Name of the plugin.</param>
/// <param name="Result">How its call ended.</param>
public sealed record HookOutcome(string Plugin, CallResult Result);
