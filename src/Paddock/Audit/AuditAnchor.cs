using Paddock.Store;

namespace Paddock.Audit;

/// <summary>The head of the chain once more, sealed, in a file beside the database.</summary>
/// <remarks>
/// The database's own head proves that no end was cut off by somebody who lacks the key. This one also proves that nobody put
/// back an old copy of the whole database, whose head is sealed as well. It moves after each commit and before that commit is
/// acknowledged; it is not flushed, so a loss of power may leave an older one, which still is a place of the chain.
/// </remarks>
// SECURITY: the database replaced by an older copy of itself. Whoever replaces the whole directory, this file and the key
// included, is caught by a head kept on another machine only.
internal sealed class AuditAnchor(string directory, AuditChain chain)
{
    private const string End = "audit.anchor";
    private readonly string _path = Path.Combine(directory, FileName);

    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "audit.head";

    /// <summary>What the file says; null where it is missing, or not sealed with this key.</summary>
    public AuditPoint? Read()
    {
        try
        {
            return chain.Open(End, File.ReadAllBytes(_path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the file (0600), for a chain that begins here.</summary>
    public void Begin(AuditPoint point) => PrivateFile.Write(_path, chain.Seal(End, point));

    /// <summary>Overwrites the file in place, in one write of less than a sector. A missing one is not made again: that it is missing is a finding.</summary>
    public void Move(AuditPoint point)
    {
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, chain.Seal(End, point), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The commit stands. The next one tries again; until then the file proves a shorter chain.
        }
    }
}
