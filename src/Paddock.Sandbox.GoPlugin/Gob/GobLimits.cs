namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>What a peer may make the host hold while it is decoded. SECURITY: a few bytes can announce any length, count or depth.</summary>
/// <param name="MessageBytes">Bytes of one message.</param>
/// <param name="Code">What a larger one ends with.</param>
internal sealed record GobLimits(int MessageBytes, string Code = ErrorCodes.ProtocolError)
{
    /// <summary>Values inside values.</summary>
    internal const int Depth = 64;

    /// <summary>Values of one message.</summary>
    internal const int Values = 200_000;

    /// <summary>Types of a connection.</summary>
    internal const int Types = 200;

    /// <summary>Fields of a struct.</summary>
    internal const int Fields = 500;

    /// <summary>Bytes of a field's name.</summary>
    internal const int NameBytes = 200;

    /// <summary>Bytes of a message that defines a type.</summary>
    internal const int TypeBytes = 64 << 10;
}
