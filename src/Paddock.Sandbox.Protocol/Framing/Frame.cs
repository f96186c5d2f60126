namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>What kind of message a line is.</summary>
internal enum FrameKind
{
    /// <summary>The answer to a request of the host's, with a value.</summary>
    Result,

    /// <summary>The answer to a request of the host's, with an error.</summary>
    Error,

    /// <summary>A host call.</summary>
    HostCall,

    /// <summary>A line for the log.</summary>
    Log,

    /// <summary>A question for the time, or for random bytes.</summary>
    Source,
}

/// <summary>One message of a guest. It was read once; what is in <see cref="Body"/> still lies in the buffer that it was read from.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The request it answers, or that it is; 0 for a log.</param>
/// <param name="Body">Result, error, or parameters, as valid JSON in valid UTF-8.</param>
/// <param name="Depth">How deep objects and arrays in the body go.</param>
internal readonly record struct Frame(FrameKind Kind, long Id, ReadOnlyMemory<byte> Body, int Depth);
