using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text;

namespace Paddock.Sandbox.Container.HostImages;

/// <summary>A root file system made of files of this machine: programs with the libraries that they need, and nothing that was not asked for.</summary>
internal sealed class RootTar : IAsyncDisposable
{
    private static readonly string[] Merged = ["bin", "sbin", "lib", "lib64"];
    private readonly TarWriter _tar;
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly string[] _libraries = LibraryDirectories();

    internal RootTar(Stream stream)
    {
        _tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        AddDirectory("usr");
        foreach (string name in Merged)
        {
            AddDirectory($"usr/{name}");
            if (_made.Add(name)) _tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = $"usr/{name}", Mode = Mode(0b111_111_111) });
        }

        foreach (string name in (string[])["app", "deps", "dev", "etc", "proc", "run", "sys", "var"]) AddDirectory(name);
        AddDirectory("tmp", (UnixFileMode)0b001_111_111_111);
        AddText("etc/passwd", "root:x:0:0:root:/:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/tmp:/usr/sbin/nologin\n");
        AddText("etc/group", "root:x:0:\nnogroup:x:65534:\n");
    }

    public ValueTask DisposeAsync() => _tar.DisposeAsync();

    /// <summary>A program or a library, with all that it needs to be loaded.</summary>
    internal void AddProgram(string path)
    {
        if (!AddFile(path) || ElfFile.Read(path) is not { } elf) return;
        if (elf.Interpreter is { } interpreter) AddFile(interpreter);
        // The C library loads it by itself, when a thread ends before its program does.
        string[] alone = elf.Needed.Contains("libc.so.6") ? ["libgcc_s.so.1"] : [];
        foreach (string needed in elf.Needed.Concat(alone))
        {
            string? found = elf.SearchPaths.Concat(_libraries).Select(d => Path.Combine(d, needed)).FirstOrDefault(File.Exists);
            if (found is not null) AddProgram(found);
        }
    }

    /// <summary>A library of the system by its name, where it is here.</summary>
    internal void AddLibrary(string name)
    {
        if (_libraries.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists) is { } found) AddProgram(found);
    }

    /// <summary>A directory with all that is below it, its programs' libraries too.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="leaveOut">Names of files and directories, wherever they are below it.</param>
    internal void AddTree(string path, Func<string, bool> leaveOut)
    {
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            // A link out of the tree is to something that is not asked for.
            if (leaveOut(entry.Name) || (entry.LinkTarget is { } target && (target.StartsWith('/') || target.Contains("..", StringComparison.Ordinal)))) continue;
            if (entry is DirectoryInfo) AddTree(entry.FullName, leaveOut);
            else if (entry.Name.Contains(".so", StringComparison.Ordinal)) AddProgram(entry.FullName);
            else AddFile(entry.FullName);
        }
    }

    /// <summary>A directory with all that is below it, at another place.</summary>
    /// <param name="path">Absolute, on this machine.</param>
    /// <param name="inside">Absolute, in the image.</param>
    internal void AddTree(string path, string inside)
    {
        foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)) AddFile(file, inside + file[path.Length..]);
    }

    internal void AddLink(string path, string target)
    {
        string name = NameOf(path);
        AddParents(name);
        if (_made.Add(name)) _tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, Mode = Mode(0b111_111_111) });
    }

    internal void AddText(string name, string text)
    {
        AddParents(name);
        if (_made.Add(name)) _tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = Mode(0b110_100_100), DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
    }

    private bool AddFile(string path) => AddFile(path, path);

    private bool AddFile(string path, string inside)
    {
        string name = NameOf(inside);
        AddParents(name);
        if (!_made.Add(name)) return false;
        using var content = File.OpenRead(path);
        bool runs = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
        // Its time is kept: Python takes compiled files only for sources of the same time. Owner and further bits are not.
        _tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = Mode(runs ? 0b111_101_101 : 0b110_100_100),
            ModificationTime = File.GetLastWriteTimeUtc(path),
            DataStream = content,
        });
        return true;
    }

    private void AddParents(string name)
    {
        for (int slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1)) AddDirectory(name[..slash]);
    }

    private void AddDirectory(string name, UnixFileMode mode = (UnixFileMode)0b111_101_101)
    {
        if (_made.Add(name)) _tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name) { Mode = mode });
    }

    /// <summary>Where a file of this machine is in the image, whether this machine has its /lib in /usr or not.</summary>
    private static string NameOf(string path)
    {
        string name = path.TrimStart('/');
        return Merged.Any(m => name.StartsWith($"{m}/", StringComparison.Ordinal)) ? $"usr/{name}" : name;
    }

    private static string[] LibraryDirectories()
    {
        string machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        return [$"/usr/lib/{machine}", $"/lib/{machine}", "/usr/local/lib", "/usr/lib64", "/lib64", "/usr/lib", "/lib"];
    }

    private static UnixFileMode Mode(int bits) => (UnixFileMode)bits;
}
