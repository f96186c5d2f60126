using System.CommandLine;
using Paddock.Cli;

var root = new RootCommand("Runs other people's code inside limits that hold.")
{
    ServeCommand.Create(),
    RunCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"paddock: {error.Message}");
    await Console.Error.WriteLineAsync("paddock: --help shows how it is used");
    return ExitCode.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
