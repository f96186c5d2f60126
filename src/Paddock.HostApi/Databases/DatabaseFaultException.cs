namespace Paddock.HostApi.Databases;

/// <summary>A database cannot be used, through no fault of the guest. The message is for the host's log; the guest learns that it is so.</summary>
internal sealed class DatabaseFaultException(string message, Exception? inner = null) : Exception(message, inner);
