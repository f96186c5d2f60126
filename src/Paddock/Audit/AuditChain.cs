using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.Audit;

/// <summary>Ties each audit record to the one before it, under a key that is not in the database.</summary>
/// <remarks>
/// A record's mac is HMAC-SHA256 over <c>"row"</c>, the mac before it and every column, each with its length. Both ends
/// of the chain (where retention cut it, and its head) are kept in <c>meta</c> with a mac of their own, so that whoever
/// can write the database but does not hold the key can neither change a record, nor recompute the chain, nor cut its end.
/// </remarks>
// SECURITY: audit rewritten, truncated, or recomputed whole. Whoever holds the key file too, or puts back an old copy of
// the whole database, is caught by a head kept elsewhere only.
internal sealed class AuditChain(byte[] key)
{
    /// <summary>Bytes of the key.</summary>
    public const int KeyLength = 32;

    /// <summary>The mac before the first record.</summary>
    public static byte[] Origin { get; } = new byte[SHA256.HashSizeInBytes];

    public byte[] Mac(byte[] previous, AuditRow row)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData("row"u8);
        hmac.AppendData(previous);
        Append(hmac, row.Seq);
        Append(hmac, row.At);
        Append(hmac, row.Allowed ? 1 : 0);
        foreach (string? text in (ReadOnlySpan<string?>)[row.Tenant, row.Owner, row.Actor, row.PluginId, row.ExecutionId, row.Action, row.Target, row.Code, row.GrantId])
            Append(hmac, text);
        // Added by a later schema. Whoever takes them away from a record, or adds them, needs the key for the other form.
        if (row.ArgumentsDigest is not null || row.Times != 1)
        {
            Append(hmac, row.ArgumentsDigest);
            Append(hmac, row.Times);
        }

        return hmac.GetHashAndReset();
    }

    /// <summary>An end of the chain with its seal.</summary>
    public byte[] Seal(string end, AuditPoint point)
    {
        byte[] sealedPoint = new byte[sizeof(long) + (2 * SHA256.HashSizeInBytes)];
        BinaryPrimitives.WriteInt64BigEndian(sealedPoint, point.Seq);
        point.Mac.CopyTo(sealedPoint.AsSpan(sizeof(long)));
        SealOf(end, point).CopyTo(sealedPoint.AsSpan(sizeof(long) + SHA256.HashSizeInBytes));
        return sealedPoint;
    }

    /// <summary>An end of the chain, or null when its seal is broken.</summary>
    public AuditPoint? Open(string end, byte[] sealedPoint)
    {
        if (sealedPoint.Length != sizeof(long) + (2 * SHA256.HashSizeInBytes)) return null;
        var point = Peek(sealedPoint);
        bool whole = CryptographicOperations.FixedTimeEquals(SealOf(end, point), sealedPoint.AsSpan(sizeof(long) + SHA256.HashSizeInBytes));
        return whole ? point : null;
    }

    private static AuditPoint Peek(byte[] sealedPoint) =>
        new(BinaryPrimitives.ReadInt64BigEndian(sealedPoint), sealedPoint[sizeof(long)..(sizeof(long) + SHA256.HashSizeInBytes)]);

    private byte[] SealOf(string end, AuditPoint point)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData("end"u8);
        Append(hmac, end);
        Append(hmac, point.Seq);
        hmac.AppendData(point.Mac);
        return hmac.GetHashAndReset();
    }

    private static void Append(IncrementalHash hmac, string? text)
    {
        Append(hmac, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null) hmac.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private static void Append(IncrementalHash hmac, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hmac.AppendData(bytes);
    }
}

/// <summary>A place in the chain.</summary>
internal sealed record AuditPoint(long Seq, byte[] Mac)
{
    public static AuditPoint Start { get; } = new(0, AuditChain.Origin);
}
