using System.Net;

namespace Paddock.Sandbox.Container.Engine;

/// <summary>The engine refused, failed, or answered what is no answer. Its message is for the operator: it can hold paths of the host.</summary>
internal sealed class EngineException(string message, HttpStatusCode? status = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What it answered; null where it did not.</summary>
    internal HttpStatusCode? Status { get; } = status;
}
