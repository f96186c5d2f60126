using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock;

/// <summary>Verifies the audit of a data directory from outside, whether or not a server runs on it. Changes nothing.</summary>
public static class AuditInspection
{
    /// <summary>Recomputes the chain with the directory's key, and looks for its heads in it.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="expected">A head that was written down elsewhere; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">There is no store, it cannot be read, or its key is missing.</exception>
    public static AuditVerification Verify(string dataDirectory, AuditHead? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataDirectory);
        var chain = new AuditChain(ReadKey(Path.Combine(dataDirectory, AuditStore.KeyFile)));
        return VerifyWith(dataDirectory, chain, expected, cancellationToken);
    }

    internal static AuditVerification VerifyWith(string dataDirectory, AuditChain chain, AuditHead? expected, CancellationToken cancellationToken)
    {
        using var connection = StoreReader.Open(dataDirectory);
        try
        {
            var point = expected is null ? null : new AuditPoint(expected.Sequence, Convert.FromHexString(expected.Mac));
            return new AuditVerifier(chain, new AuditAnchor(dataDirectory, chain)).Verify(connection, point, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreException("The database cannot be read: it is damaged, or of an older schema. Start the server once, or restore a backup.", e);
        }
    }

    private static byte[] ReadKey(string path)
    {
        try
        {
            byte[] key = File.ReadAllBytes(path);
            return key.Length == AuditChain.KeyLength ? key : throw new StoreException($"The audit's key {path} is damaged. Restore it from the backup of the keys.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The audit's key {path} cannot be read, so nothing can be verified. Name the data directory with --data, or restore the keys.", e);
        }
    }
}
