using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Starts a program with exactly the descriptors named, no variables, default signals and a session of its own.</summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Arguments">Without the program's own name.</param>
/// <param name="Descriptors">All that it is given, in the order of its numbers.</param>
/// <param name="Lifted">Tests that lift <see cref="Defences.OwnDescriptorsOnly"/> or <see cref="Defences.EmptyEnvironment"/> show what these are for.</param>
internal sealed unsafe record Spawn(string Program, IReadOnlyList<string> Arguments, IReadOnlyList<Descriptor> Descriptors, Defences Lifted = Defences.None)
{
    private const short SignalDefaults = 0x04, SignalMask = 0x08, OwnSession = 0x80, IntoCgroup = 0x100;

    // posix_spawnattr_t and posix_spawn_file_actions_t are 336 and 80 bytes in glibc, sigset_t 128.
    private const int AttributeBytes = 512, ActionBytes = 256, SignalSetBytes = 128;

    /// <summary>Starts it; its number. The first descriptor becomes its 0, and so on.</summary>
    /// <param name="cgroup">The cgroup that it is born in; null for this thread's.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal int Start(Descriptor? cgroup)
    {
        var lifted = new List<Descriptor>();
        byte* actions = stackalloc byte[ActionBytes], attributes = stackalloc byte[AttributeBytes];
        Check(Libc.posix_spawn_file_actions_init(actions));
        Check(Libc.posix_spawnattr_init(attributes));
        try
        {
            // A number that is a source and a target at once would be overwritten before it is read.
            for (var i = 0; i < Descriptors.Count; i++)
            {
                var source = Descriptors[i];
                if (source.Number < Descriptors.Count) lifted.Add(source = source.Duplicate(Descriptors.Count));
                Check(Libc.posix_spawn_file_actions_adddup2(actions, source.Number, i));
            }

            // SECURITY: whatever else is open in the host, with or without close-on-exec, ends here.
            if (!Lifted.HasFlag(Defences.OwnDescriptorsOnly)) Check(Libc.posix_spawn_file_actions_addclosefrom_np(actions, Descriptors.Count));
            SetAttributes(attributes, cgroup);
            return Start(actions, attributes);
        }
        finally
        {
            foreach (var descriptor in lifted) descriptor.Dispose();
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static void SetAttributes(byte* attributes, Descriptor? cgroup)
    {
        byte* none = stackalloc byte[SignalSetBytes], all = stackalloc byte[SignalSetBytes];
        new Span<byte>(none, SignalSetBytes).Clear();
        new Span<byte>(all, SignalSetBytes).Fill(0xFF);
        Check(Libc.posix_spawnattr_setsigmask(attributes, none));
        Check(Libc.posix_spawnattr_setsigdefault(attributes, all));

        // A session of its own: Ctrl+C at the host's terminal is the host's to handle, and must not end its plugins first.
        short flags = SignalDefaults | SignalMask | OwnSession;
        if (cgroup is not null)
        {
            flags |= IntoCgroup;
            Check(Libc.posix_spawnattr_setcgroup_np(attributes, cgroup.Number));
        }

        Check(Libc.posix_spawnattr_setflags(attributes, flags));
    }

    private int Start(byte* actions, byte* attributes)
    {
        byte** arguments = Texts([Program, .. Arguments]);
        byte** environment = Texts(Lifted.HasFlag(Defences.EmptyEnvironment) ? [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => $"{v.Key}={v.Value}")] : []);
        try
        {
            int pid;
            Check(Libc.posix_spawn(&pid, Program, actions, attributes, arguments, environment));
            return pid;
        }
        finally
        {
            Free(arguments);
            Free(environment);
        }
    }

    private static byte** Texts(IReadOnlyList<string> values)
    {
        var texts = (byte**)NativeMemory.Alloc((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Count; i++) texts[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        texts[values.Count] = null;
        return texts;
    }

    private static void Free(byte** texts)
    {
        for (byte** text = texts; *text != null; text++) Marshal.FreeCoTaskMem((nint)(*text));
        NativeMemory.Free(texts);
    }

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }
}
