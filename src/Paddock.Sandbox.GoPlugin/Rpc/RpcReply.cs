namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>What came back from a procedure.</summary>
/// <param name="Value">Its value, as decoded.</param>
/// <param name="Error">What it, or its server, says went wrong; empty when nothing did.</param>
internal readonly record struct RpcReply(object? Value, string Error);
