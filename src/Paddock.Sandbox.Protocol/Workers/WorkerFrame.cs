namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>What a frame between the host and a worker says.</summary>
public enum WorkerFrameKind : byte
{
    /// <summary>Host: the plugin, once.</summary>
    Load = 1,

    /// <summary>Worker: it can be called.</summary>
    Loaded,

    /// <summary>Worker: what was asked for failed, with its error.</summary>
    Failed,

    /// <summary>Host: what does it contribute?</summary>
    Register,

    /// <summary>Worker: its registration, or none.</summary>
    Registered,

    /// <summary>Host: a call.</summary>
    Call,

    /// <summary>Worker: what came of it.</summary>
    Result,

    /// <summary>Worker: a host call of a call.</summary>
    HostCall,

    /// <summary>Host: its reply.</summary>
    HostReply,

    /// <summary>Host: the call's caller has gone.</summary>
    Cancel,

    /// <summary>Worker: a call asks for a time, for random bytes, or for what is next (<see cref="ICallSources"/>).</summary>
    Source,

    /// <summary>Host: its answer.</summary>
    SourceReply,
}

/// <summary>One frame: its length (32 bits, little-endian, of what follows), its kind (a byte), the call that it belongs to (32 bits), and its fields.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Call">The call's number; 0 for none.</param>
/// <param name="Payload">Its fields, for <see cref="FrameFields"/>; bytes of this frame alone.</param>
public readonly record struct WorkerFrame(WorkerFrameKind Kind, int Call, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Bytes of the kind and the call's number.</summary>
    internal const int HeaderBytes = 5;

    /// <summary>The longest frame that either side takes. Default 64 MiB: a package's files with room.</summary>
    public const int MostBytes = 64 << 20;
}

/// <summary>A frame, or a field of it, that its reader does not take.</summary>
public sealed class WorkerFrameException(string message) : Exception(message);
