using System.CommandLine;
using Paddock;
using Paddock.Cli;

var root = new RootCommand("Runs other people's code inside limits that hold.")
{
    ServeCommand.Create(),
    RunCommand.Create(),
    InitCommand.Create(),
    InitCommand.CreatePlugin(),
    PackCommand.Create(),
    SignCommand.Create(),
    VerifyCommand.Create(),
    KeysCommand.Create(),
    PolicyCommand.Create(),
    SettingCommands.CreateConfig(),
    SettingCommands.CreateSecret(),
    JobsCommand.Create(),
    AuditCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    ReplayCommand.Create(),
    DoctorCommand.Create(),
    ImagesCommand.Create(),
};
foreach (var command in PackageCommands.Create()) root.Add(command);
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"paddock: {error.Message}");
    await Console.Error.WriteLineAsync("paddock: --help shows how it is used");
    return ExitCode.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CommandException e)
{
    return await FindingOutput.ProblemAsync(e.Message);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
{
    // The address is taken, a directory cannot be used: what the user can mend, told in one line.
    await Console.Error.WriteLineAsync($"paddock: {e.Message}");
    return ExitCode.HostError;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync($"paddock: this should not happen; please report it with what follows\n{e}");
    return ExitCode.HostError;
}
