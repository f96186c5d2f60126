using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.Sandbox.Container.Images;

/// <summary>The files of a package as a tar. Their names are entries of it and nothing else: no shell, no argument and no instruction holds one.</summary>
internal static class PackageTar
{
    private const int User = 65534;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;

    internal static MemoryStream Write(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            var made = new HashSet<string>(StringComparer.Ordinal);
            AddDirectory(tar, made, ContainerLanguage.Files[1..]);
            AddDirectory(tar, made, ContainerLanguage.PythonPackages[1..]);
            foreach (var (path, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                string name = $"{ContainerLanguage.Files[1..]}/{path}";
                for (int slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1)) AddDirectory(tar, made, name[..slash]);
                tar.WriteEntry(Entry(TarEntryType.RegularFile, name, FileMode, new MemoryStream(content.ToArray())));
            }
        }

        stream.Position = 0;
        return stream;
    }

    /// <summary>SHA-256 over what a tar holds, its times left out: names, kinds, modes, link targets and contents, by name.</summary>
    /// <exception cref="InvalidDataException">It holds more than <paramref name="most"/> bytes.</exception>
    internal static async Task<string> DigestAsync(Stream stream, long most, CancellationToken cancellationToken)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        await using var tar = new TarReader(stream, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if ((most -= entry.Length + entry.Name.Length) < 0) throw new InvalidDataException("The image holds more than it may.");
            byte[] content = entry.DataStream is { } data ? await SHA256.HashDataAsync(data, cancellationToken).ConfigureAwait(false) : [];
            lines.Add($"{entry.Name}\0{entry.EntryType}\0{(int)entry.Mode}\0{entry.LinkName}\0{Convert.ToHexStringLower(content)}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    private static void AddDirectory(TarWriter tar, HashSet<string> made, string name)
    {
        if (made.Add(name)) tar.WriteEntry(Entry(TarEntryType.Directory, name, DirectoryMode, null));
    }

    private static PaxTarEntry Entry(TarEntryType type, string name, UnixFileMode mode, MemoryStream? data)
    {
        var entry = new PaxTarEntry(type, name) { Uid = User, Gid = User, Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch };
        if (data is not null) entry.DataStream = data;
        return entry;
    }
}
