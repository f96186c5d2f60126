namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>The guest sent what is no message of the protocol, or none that it may send now. Its process is ended; the message is for the host's log and names nothing of the guest's bytes.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
