namespace Paddock.Sandbox.GoPlugin;

/// <summary>The plugin's process sent what is no part of its protocol, or too much. The connection ends; the message names nothing of the host.</summary>
internal sealed class ProtocolException(string message, string code = ErrorCodes.ProtocolError) : Exception(message)
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    internal string Code { get; } = code;
}
