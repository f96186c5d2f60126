namespace Paddock.Wasm.Wasi;

/// <summary>
/// WASI preview 1 (module <c>wasi_snapshot_preview1</c>) for a program without files: arguments, environment, clocks, randomness, the three
/// standard streams, sleeping and exiting. Every other function is there and refuses, so that programs link and see an error they know.
/// </summary>
public static class WasiImports
{
    /// <summary>The module that programs import from.</summary>
    public const string ModuleName = "wasi_snapshot_preview1";

    private static readonly Dictionary<string, WasiFunction> Functions = Table();

    /// <summary>Offers those functions that <paramref name="wanted"/> imports.</summary>
    /// <param name="imports">Where they are added.</param>
    /// <param name="wanted">The module that will import them.</param>
    /// <param name="system">Who answers.</param>
    /// <param name="memory">The memory of the instance that calls; asked at each call, for there is none yet when the imports are made.</param>
    public static void Add(Imports imports, ModuleInterface wanted, IWasiSystem system, Func<LinearMemory> memory)
    {
        ArgumentNullException.ThrowIfNull(imports);
        ArgumentNullException.ThrowIfNull(wanted);
        var calls = new WasiCalls(system, memory);
        foreach (var import in wanted.Imports)
        {
            if (import.Module != ModuleName || !Functions.TryGetValue(import.Name, out var function)) continue;
            imports.Add(ModuleName, import.Name, Function.FromHost(function.Type, (a, r) =>
            {
                var error = function.Run(calls, a);
                if (r.Length > 0) r[0] = (int)error;
            }));
        }
    }

    private static Dictionary<string, WasiFunction> Table()
    {
        var table = new Dictionary<string, WasiFunction>(StringComparer.Ordinal);
        AddWorking(table);
        AddRefusing(table);
        return table;
    }

    private static void AddWorking(Dictionary<string, WasiFunction> table)
    {
        Add(table, "args_get", "ii", static (c, a) => c.GetStrings(c.System.Arguments, U(a, 0), U(a, 1)));
        Add(table, "args_sizes_get", "ii", static (c, a) => c.GetSizes(c.System.Arguments, U(a, 0), U(a, 1)));
        Add(table, "environ_get", "ii", static (c, a) => c.GetStrings(c.System.Environment, U(a, 0), U(a, 1)));
        Add(table, "environ_sizes_get", "ii", static (c, a) => c.GetSizes(c.System.Environment, U(a, 0), U(a, 1)));
        Add(table, "clock_res_get", "ii", static (c, a) => c.ClockResolution(U(a, 0), U(a, 1)));
        Add(table, "clock_time_get", "iIi", static (c, a) => c.ClockTime(U(a, 0), U(a, 2)));
        Add(table, "random_get", "ii", static (c, a) => c.Random(U(a, 0), U(a, 1)));
        Add(table, "fd_read", "iiii", static (c, a) => c.Read(U(a, 0), U(a, 1), U(a, 2), U(a, 3)));
        Add(table, "fd_write", "iiii", static (c, a) => c.Write(U(a, 0), U(a, 1), U(a, 2), U(a, 3)));
        Add(table, "fd_fdstat_get", "ii", static (c, a) => c.Status(U(a, 0), U(a, 1)));
        Add(table, "fd_filestat_get", "ii", static (c, a) => c.FileStatus(U(a, 0), U(a, 1)));
        Add(table, "fd_close", "i", static (_, a) => WasiCalls.Close(U(a, 0)));
        Add(table, "poll_oneoff", "iiii", static (c, a) => WasiPoll.Run(c, U(a, 0), U(a, 1), U(a, 2), U(a, 3)));
        Add(table, "sched_yield", "", static (c, _) => c.Yield());
        table.Add("proc_exit", new WasiFunction(new FuncType([ValueType.I32], []), static (_, a) => throw new WasiExitException(a[0].AsI32())));
    }

    /// <summary>Nothing is preopened: a descriptor is one of the three streams, which are neither directories nor sockets and cannot seek, or none at all.</summary>
    private static void AddRefusing(Dictionary<string, WasiFunction> table)
    {
        foreach (var (name, parameters) in new[] { ("fd_seek", "iIii"), ("fd_tell", "ii"), ("fd_pread", "iiiIi"), ("fd_pwrite", "iiiIi") })
            Add(table, name, parameters, static (_, a) => WasiCalls.Refuse(U(a, 0), WasiError.IllegalSeek));
        foreach (var (name, parameters) in new[] { ("fd_advise", "iIIi"), ("fd_allocate", "iII"), ("fd_datasync", "i"), ("fd_fdstat_set_flags", "ii"), ("fd_fdstat_set_rights", "iII"), ("fd_filestat_set_size", "iI"), ("fd_filestat_set_times", "iIIi"), ("fd_renumber", "ii"), ("fd_sync", "i") })
            Add(table, name, parameters, static (_, a) => WasiCalls.Refuse(U(a, 0), WasiError.NotSupported));
        foreach (var (name, parameters) in new[] { ("fd_readdir", "iiiIi"), ("path_create_directory", "iii"), ("path_filestat_get", "iiiii"), ("path_filestat_set_times", "iiiiIIi"), ("path_link", "iiiiiii"), ("path_open", "iiiiiIIii"), ("path_readlink", "iiiiii"), ("path_remove_directory", "iii"), ("path_rename", "iiiiii"), ("path_unlink_file", "iii") })
            Add(table, name, parameters, static (_, a) => WasiCalls.Refuse(U(a, 0), WasiError.NotDirectory));
        Add(table, "path_symlink", "iiiii", static (_, a) => WasiCalls.Refuse(U(a, 2), WasiError.NotDirectory));
        foreach (var (name, parameters) in new[] { ("fd_prestat_get", "ii"), ("fd_prestat_dir_name", "iii") })
            Add(table, name, parameters, static (_, _) => WasiError.BadFile);
        foreach (var (name, parameters) in new[] { ("sock_accept", "iii"), ("sock_recv", "iiiiii"), ("sock_send", "iiiii"), ("sock_shutdown", "ii") })
            Add(table, name, parameters, static (_, a) => WasiCalls.Refuse(U(a, 0), WasiError.NotSocket));
        Add(table, "proc_raise", "i", static (_, _) => WasiError.NotSupported);
    }

    private static void Add(Dictionary<string, WasiFunction> table, string name, string parameters, WasiBody body) =>
        table.Add(name, new WasiFunction(new FuncType([.. parameters.Select(p => p == 'i' ? ValueType.I32 : ValueType.I64)], [ValueType.I32]), body));

    private static uint U(ReadOnlySpan<WasmValue> arguments, int index) => (uint)arguments[index].AsI32();

    private delegate WasiError WasiBody(WasiCalls calls, ReadOnlySpan<WasmValue> arguments);

    private sealed record WasiFunction(FuncType Type, WasiBody Run);
}
