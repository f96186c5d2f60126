using System.Text;

namespace Paddock.Sandbox.Process;

/// <summary>The arguments of one run of bubblewrap, and the descriptors that they name.</summary>
internal sealed class BubblewrapArguments : IDisposable
{
    /// <summary>bubblewrap's own limit is 9,000.</summary>
    private const int Most = 8900;

    private readonly List<Descriptor> _descriptors;
    private readonly List<string> _arguments = [];

    /// <param name="descriptors">Those that have numbers already; they stay the caller's.</param>
    internal BubblewrapArguments(params IReadOnlyList<Descriptor> descriptors)
    {
        _descriptors = [.. descriptors];
        Given = descriptors.Count;
    }

    private int Given { get; }

    /// <summary>All descriptors, in the order of their numbers.</summary>
    internal IReadOnlyList<Descriptor> Descriptors => _descriptors;

    internal void Add(params ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            // SECURITY: arguments are told apart by NUL; one that contains it would be two.
            if (argument.Contains('\0')) throw new ArgumentException("A NUL is in a path, a variable or an argument of a program.");
            _arguments.Add(argument);
        }

        if (_arguments.Count > Most) throw new ArgumentException("A program has more files, mounts and variables than bubblewrap takes.");
    }

    /// <summary>Hands a descriptor over; its number in bubblewrap.</summary>
    internal string AddDescriptor(Descriptor descriptor)
    {
        _descriptors.Add(descriptor);
        return (_descriptors.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A file with these bytes, that nobody can write.</summary>
    internal void AddFile(string path, ReadOnlySpan<byte> content, bool executable = false) =>
        Add("--perms", executable ? "0555" : "0444", "--file", AddDescriptor(Descriptor.Memory(content)), path);

    /// <summary>As bubblewrap's <c>--args</c> reads them.</summary>
    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join('\0', _arguments) + '\0');

    public void Dispose()
    {
        foreach (var descriptor in _descriptors.Skip(Given)) descriptor.Dispose();
    }
}
