using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>What the programs that plugins are written for need of the kernel, under their own profiles.</summary>
public sealed class RuntimeProgramTests
{
    [Fact]
    public async Task Node_FilesChildrenThreadsAndSockets_Work()
    {
        const string Script = """
            const fs = require('fs'), cp = require('child_process'), net = require('net'), { Worker } = require('worker_threads');
            fs.writeFileSync('/tmp/a', 'x');
            fs.watch('/tmp', () => {}).close();
            console.log(cp.execFileSync('/bin/echo', ['child']).toString().trim());
            const server = net.createServer(c => c.end('unix')).listen('/tmp/s', () => net.connect('/tmp/s').on('data', d => {
              console.log(d.toString());
              server.close();
              new Worker('require("worker_threads").parentPort.postMessage("worker")', { eval: true }).on('message', m => {
                console.log(m);
                net.connect(80, '203.0.113.1').on('error', e => console.log(e.code));
              });
            }));
            """;
        var spec = new ProcessSpec
        {
            Program = "node",
            Arguments = ["/plugin/main.js"],
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = Encoding.UTF8.GetBytes(Script) },
            Profile = SyscallProfile.Node,
            Limits = new Limits { MemoryBytes = 256 << 20, Processes = 64 },
        };

        var run = await Run.StartAsync(new BubblewrapLauncher(), spec);

        Assert.Equal("child\nunix\nworker\nEAFNOSUPPORT\n", run.Output);
        Assert.Equal(0, run.Exit.Code);
    }

    [Fact]
    public async Task Python_ChildrenThreadsAndAsyncio_Work()
    {
        var run = await Run.PythonAsync(new BubblewrapLauncher(), """
            import asyncio, multiprocessing, subprocess, sys, tempfile, threading
            async def main():
                child = await asyncio.create_subprocess_exec('/bin/echo', 'child', stdout=asyncio.subprocess.PIPE)
                print((await child.communicate())[0].decode().strip(), flush=True)
            asyncio.run(main())
            thread = threading.Thread(target=lambda: print('thread', flush=True))
            thread.start(); thread.join()
            with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]), flush=True)
            with tempfile.TemporaryFile() as f: f.write(b'x')
            with open('/dev/stdout', 'w') as f: f.write('by name\n')
            """);

        Assert.Equal("", run.Error);
        Assert.Equal("child\nthread\n[1, 2]\nby name\n", run.Output);
    }

    [Fact]
    public async Task Shell_PipesAndTools_Work()
    {
        var spec = new ProcessSpec
        {
            Program = "sh",
            Arguments = ["-c", "printf 'b\\na\\n' | sort | tr a-z A-Z; cp /usr/bin/true /tmp/t && /tmp/t && echo $?; exec 3>/tmp/x; mkfifo /tmp/f; ls /tmp"],
            Profile = SyscallProfile.Base,
            Limits = new Limits(),
        };

        Assert.Equal("A\nB\n0\nf\nt\nx\n", (await Run.StartAsync(new BubblewrapLauncher(), spec)).Output);
    }
}
