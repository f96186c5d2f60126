using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Starts a program with exactly the descriptors named, no variables, default signals and a session of its own.</summary>
internal static unsafe class Spawn
{
    private const short SignalDefaults = 0x04, SignalMask = 0x08, OwnSession = 0x80, IntoCgroup = 0x100;

    // posix_spawnattr_t and posix_spawn_file_actions_t are 336 and 80 bytes in glibc, sigset_t 128.
    private const int AttributeBytes = 512, ActionBytes = 256, SignalSetBytes = 128;

    /// <summary>Starts a program; its number. The first descriptor becomes its 0, and so on.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="descriptors">All that it is given.</param>
    /// <param name="cgroup">The cgroup that it is born in; null for this thread's.</param>
    /// <param name="closeOthers">False only in a test that shows why.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static int Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<Descriptor> descriptors, Descriptor? cgroup, bool closeOthers)
    {
        var lifted = new List<Descriptor>();
        byte* actions = stackalloc byte[ActionBytes], attributes = stackalloc byte[AttributeBytes];
        Check(Libc.posix_spawn_file_actions_init(actions));
        Check(Libc.posix_spawnattr_init(attributes));
        try
        {
            // A number that is a source and a target at once would be overwritten before it is read.
            for (var i = 0; i < descriptors.Count; i++)
            {
                var source = descriptors[i];
                if (source.Number < descriptors.Count) lifted.Add(source = source.Duplicate(descriptors.Count));
                Check(Libc.posix_spawn_file_actions_adddup2(actions, source.Number, i));
            }

            // SECURITY: whatever else is open in the host, with or without close-on-exec, ends here.
            if (closeOthers) Check(Libc.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Count));
            SetAttributes(attributes, cgroup);
            return Start(program, arguments, actions, attributes);
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

    private static int Start(string program, IReadOnlyList<string> arguments, byte* actions, byte* attributes)
    {
        byte** texts = stackalloc byte*[arguments.Count + 2];
        byte** environment = stackalloc byte*[1] { null };
        try
        {
            texts[0] = Text(program);
            for (var i = 0; i < arguments.Count; i++) texts[i + 1] = Text(arguments[i]);
            texts[arguments.Count + 1] = null;
            int pid;
            Check(Libc.posix_spawn(&pid, program, actions, attributes, texts, environment));
            return pid;
        }
        finally
        {
            for (var i = 0; i <= arguments.Count; i++) Marshal.FreeCoTaskMem((nint)texts[i]);
        }
    }

    private static byte* Text(string value) => (byte*)Marshal.StringToCoTaskMemUTF8(value);

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }
}
