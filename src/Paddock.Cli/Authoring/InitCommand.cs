using System.CommandLine;
using System.Text.RegularExpressions;

namespace Paddock.Cli;

/// <summary><c>paddock init</c>, and GoatKit's <c>plugin init [name] [wasm|grpc]</c>: the files of a new plugin.</summary>
internal static partial class InitCommand
{
    private const string Form = "3 to 50 small letters, digits, - and _, beginning with a letter or digit";

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = $"Name of the plugin and of its directory: {Form}." };
        var runtime = new Option<string?>("--runtime") { Description = "javascript (default), python, node, or wasm (in C, with GoatKit's interface).", HelpName = "RUNTIME" };
        runtime.AcceptOnlyFromAmong("javascript", "python", "node", "wasm");
        var type = new Option<string?>("--type") { Description = "GoatKit's word for the runtime: wasm. Makes a GoatKit manifest.", HelpName = "TYPE" };
        var command = new Command("init", "Make the files of a new plugin in a directory of its name.") { name, runtime, type };
        Check(name);
        command.SetAction((parsed, _) => MakeAsync(parsed.GetRequiredValue(name), parsed.GetValue(type) is { } goatKit ? Kind(goatKit) : parsed.GetValue(runtime) ?? "javascript"));
        return command;
    }

    /// <summary>GoatKit's own form of the command.</summary>
    public static Command CreatePlugin()
    {
        var name = new Argument<string>("NAME") { Description = $"Name of the plugin: {Form}.", DefaultValueFactory = _ => "my-plugin" };
        var type = new Argument<string>("TYPE") { Description = "wasm.", DefaultValueFactory = _ => "wasm" };
        var init = new Command("init", "Make the files of a new GoatKit plugin in a directory of its name.") { name, type };
        Check(name);
        init.SetAction((parsed, _) => MakeAsync(parsed.GetRequiredValue(name), Kind(parsed.GetRequiredValue(type))));
        return new Command("plugin", "GoatKit's commands.") { init };
    }

    private static void Check(Argument<string> name) => name.Validators.Add(result =>
    {
        if (!Identifier().IsMatch(result.GetValueOrDefault<string>() ?? "")) result.AddError($"'{result.GetValueOrDefault<string>()}' is no name of a plugin: write {Form}.");
    });

    private static string Kind(string type) => type switch
    {
        "wasm" => "goatkit-wasm",
        "grpc" => throw new CommandException("there are no files to begin a 'grpc' plugin with: samples/plugins/statistics-go is one to copy. Write wasm, or paddock init NAME --runtime RUNTIME."),
        _ => throw new CommandException($"'{type}' is no type of plugin: write wasm."),
    };

    private static async Task<int> MakeAsync(string name, string kind)
    {
        string directory = Path.GetFullPath(name);
        if (Path.Exists(directory)) throw new CommandException($"{directory} is there already. Choose another name, or move it away.");
        // Aside first: a directory of the plugin's name is there whole or not at all.
        string fresh = directory + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        foreach (var (path, content) in Scaffold.Files(kind, name))
        {
            string file = Path.Combine(fresh, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content);
            if (path.EndsWith(".sh", StringComparison.Ordinal) && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        Directory.Move(fresh, directory);
        await Console.Out.WriteLineAsync($"{directory}\n{Scaffold.Next(kind, name)}");
        return ExitCode.Completed;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{2,49}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
