using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using Paddock.HostApi.Email;

namespace Paddock.HostApi.Tests.Effects;

public sealed class EmailTests(MailServer server) : IClassFixture<MailServer>
{
    private SmtpOptions Options => new() { Host = "127.0.0.1", Port = server.Port, StartTls = false, From = "desk@host.example", FromName = "Desk" };

    private EffectDoor Door(params string[] scope) => new EffectDoor(HostFunctions.Email(Options)).Grant(PermissionType.Email, Access.Execute, scope);

    [Fact]
    public async Task Send_ToOneInScope_ArrivesAsItIs()
    {
        var door = Door("@example.com");
        Assert.True((await door.Value("email.send", new { to = "ann@Example.com", subject = "Grüße", body = ".\r\n.\r\nhällo\n" })).GetProperty("ok").GetBoolean());
        var mail = await server.NextAsync();
        Assert.Equal("desk@host.example", mail.From);
        Assert.Equal(["ann@example.com"], mail.To);
        Assert.Equal(".\r\n.\r\nhällo\n", mail.Body);
        Assert.Contains("Subject: =?utf-8?B?R3LDvMOfZQ==?=", mail.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("text/plain", mail.Head, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", mail.Head, StringComparison.Ordinal);
        Assert.Equal("ann@example.com", Assert.Single(door.Audit).Target);
    }

    [Fact]
    public async Task Send_ToSeveralUnderSeveralGrants_AsHtml_ReachesEach()
    {
        var door = Door("@example.com").Grant(PermissionType.Email, Access.Execute, "bob@other.example", "@*.example.org");
        Assert.Null(await door.Code("email.send", new { to = new[] { "ann@example.com", "bob@other.example", "c@mail.eu.example.org" }, subject = "s", body = "<b>x</b>", html = true }));
        var mail = await server.NextAsync();
        Assert.Equal(["ann@example.com", "bob@other.example", "c@mail.eu.example.org"], mail.To);
        Assert.Contains("text/html", mail.Head, StringComparison.Ordinal);
        Assert.Equal("<b>x</b>", mail.Body);
    }

    [Theory]
    [InlineData("@example.com", "a@sub.example.com")]
    [InlineData("@example.com", "a@evilexample.com")]
    [InlineData("@example.com", "a@example.com.evil.org")]
    [InlineData("@*.example.com", "a@example.com")]
    [InlineData("@*.example.com", "a@evilexample.com")]
    [InlineData("@*.com", "a@example.com")]
    [InlineData("@*", "a@example.com")]
    [InlineData("*", "a@example.com")]
    [InlineData("example.com", "a@example.com")]
    [InlineData("bob@example.com", "bobby@example.com")]
    [InlineData("bob@example.com", "Bob@example.com")]
    [InlineData("bob@example.com", "bob+x@example.com")]
    [InlineData("", "a@example.com")]
    [InlineData("@", "a@example.com")]
    public async Task T54_DomainOrAddressOutsideTheScope_IsDenied(string scope, string to)
    {
        var door = Door(scope);
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("email.send", new { to, subject = "s", body = "b" }));
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("email.send", new { to = new[] { "ok@granted.example", to }, subject = "s", body = "b" }));
        Assert.All(door.Audit, r => Assert.False(r.Allowed));
        await NothingArrived();
    }

    /// <summary>Recipients under a grant of @granted.example, and whether the mail library, given the text as it is, mails evil.example or breaks the header.</summary>
    public static TheoryData<string, bool> Tricks => new()
    {
        { "evil@evil.example, a@granted.example", true },
        { "a@granted.example,evil@evil.example", true },
        { "\"a@granted.example\" <evil@evil.example>", true },
        { "a@granted.example <evil@evil.example>", false },
        { "<evil@evil.example>", true },
        { "evil@evil.example(@granted.example)", true },
        { "\"evil@evil.example\"@granted.example", false },
        { "\"a\\\"\"@granted.example", false },
        { "evil%evil.example@granted.example", false },
        { "evil.example!evil@granted.example", false },
        { "@evil.example:a@granted.example", false },
        { "a@granted.example\r\nBcc: evil@evil.example", false },
        { "a@granted.example\nRCPT TO:<evil@evil.example>", false },
        { "a@granted.example\0", false },
        { "a @granted.example", false },
        { "a@[127.0.0.1]", false },
        { "a@granted.example.", false },
        { "a@gr\u0430nted.example", false },
        { "\u0430@granted.example", false },
        { "a@granted\uFF0Eexample", false },
        { "a@@granted.example", false },
        { "a@", false },
        { "@granted.example", false },
        { "", false },
    };

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task T54_RecipientThatParsersReadDifferently_IsNoAddress(string to, bool reachesUnchecked)
    {
        var door = Door("@granted.example");
        foreach (var payload in new object[] { new { to, subject = "s", body = "b" }, new { to = new[] { "a@granted.example", to }, subject = "s", body = "b" } })
            Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("email.send", payload));
        await NothingArrived();

        // Control: checked as careless hosts do, by how the text ends or what it has in it, and handed to the library.
        if (!reachesUnchecked) return;
        using var client = new SmtpClient("127.0.0.1", server.Port);
        using var message = new MailMessage { From = new MailAddress("desk@host.example"), Subject = "s", Body = "b" };
        message.To.Add(to);
        await client.SendMailAsync(message, TestContext.Current.CancellationToken);
        Assert.Contains("evil@evil.example", (await server.NextAsync()).To);
    }

    [Theory]
    [InlineData("s\r\nBcc: evil@evil.example")]
    [InlineData("s\nBcc: evil@evil.example")]
    [InlineData("s\rBcc: evil@evil.example")]
    [InlineData("s\0")]
    [InlineData("s\u2028Bcc: evil@evil.example")]
    [InlineData("s\u0085Bcc: evil@evil.example")]
    public async Task T54_SubjectThatBreaksOut_IsRefused(string subject)
    {
        Assert.Equal(ErrorCodes.InvalidArgument, await Door("@x.example", "@granted.example").Code("email.send", new { to = "a@granted.example", subject, body = "b" }));
        await NothingArrived();

        // Control: written out as it is, it is a header of its own.
        using var client = new TcpClient("127.0.0.1", server.Port);
        using var reader = new StreamReader(client.GetStream());
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        foreach (var line in new[] { "HELO x", "MAIL FROM:<desk@host.example>", "RCPT TO:<a@granted.example>", "DATA" })
        {
            await writer.WriteLineAsync(line);
            await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        await writer.WriteAsync($"Subject: {subject}\r\n\r\nb\r\n.\r\n");
        Assert.Contains(subject.Contains("\r\n", StringComparison.Ordinal) ? "\r\nBcc: evil@evil.example" : "Subject: s", (await server.NextAsync()).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"to":"a@granted.example","subject":"s","body":"b","bcc":"evil@evil.example"}""")]
    [InlineData("""{"to":"a@granted.example","subject":"s","body":"b","from":"ceo@host.example"}""")]
    [InlineData("""{"to":"a@granted.example","subject":"s","body":"b","headers":{}}""")]
    [InlineData("""{"to":[],"subject":"s","body":"b"}""")]
    [InlineData("""{"to":[["a@granted.example"]],"subject":"s","body":"b"}""")]
    [InlineData("""{"subject":"s","body":"b"}""")]
    [InlineData("""{"to":"a@granted.example","body":"b"}""")]
    [InlineData("""{"to":"a@granted.example","subject":"s","body":"b","html":"yes"}""")]
    public async Task T54_OtherMembersOrForms_AreRefused(string json)
    {
        Assert.Equal(ErrorCodes.InvalidArgument, (await Door("@x.example", "@granted.example").CallRaw(EffectDoor.Scope(), "email.send", json)).Error?.Code);
        await NothingArrived();
    }

    [Fact]
    public async Task Send_TooMuch_IsRefused()
    {
        var door = Door("@x.example", "@granted.example");
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("email.send", new { to = Enumerable.Range(0, 11).Select(i => $"a{i}@x.example"), subject = "s", body = "b" }));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("email.send", new { to = "a@x.example", subject = new string('s', 201), body = "b" }));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("email.send", new { to = "a@x.example", subject = "s", body = new string('é', 140_000) }));
        await NothingArrived();
    }

    [Fact]
    public async Task Send_ServerRefusesOrIsGone_IsANetworkErrorWithoutItsWords()
    {
        var door = Door("@x.example", "@granted.example");
        var error = (await door.Call("email.send", new { to = "nobody@x.example", subject = "s", body = "b" })).Error!;
        Assert.Equal(ErrorCodes.NetworkError, error.Code);
        Assert.DoesNotContain("no such user", error.Message, StringComparison.Ordinal);
        Assert.Single(door.Faults);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        door = new EffectDoor(HostFunctions.Email(Options with { Port = ((IPEndPoint)bound.LocalEndPoint!).Port })).Grant(PermissionType.Email, Access.Execute, "@x.example");
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("email.send", new { to = "a@x.example", subject = "s", body = "b" }));
        await NothingArrived();
    }

    [Fact]
    public async Task Send_ServerWithoutTls_IsNotUsedWhereTlsIsAskedFor()
    {
        var door = new EffectDoor(HostFunctions.Email(Options with { StartTls = true, UserName = "u", Password = "canary-password" })).Grant(PermissionType.Email, Access.Execute, "@x.example");
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("email.send", new { to = "a@x.example", subject = "s", body = "b" }));
        await NothingArrived();
        Assert.DoesNotContain("canary-password", string.Join('\n', door.Faults) + door.AuditText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerThatSaysNothing_EndsInTime()
    {
        await using var silent = new Canary((_, stream) => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        var door = new EffectDoor(HostFunctions.Email(Options with { Port = silent.Port, Timeout = TimeSpan.FromMilliseconds(100) })).Grant(PermissionType.Email, Access.Execute, "@x.example");
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("email.send", new { to = "a@x.example", subject = "s", body = "b" }));
    }

    [Fact]
    public void Options_ThatCannotWorkOrTellAPassword_AreRefused()
    {
        foreach (var options in new[] { Options with { From = "Desk <desk@host.example>" }, Options with { FromName = "a\r\nBcc: x" }, Options with { Host = " " }, Options with { Port = 0 }, Options with { UserName = "u" } })
            Assert.Throws<ArgumentException>(() => HostFunctions.Email(options));
        Assert.DoesNotContain("canary", (Options with { Password = "canary" }).ToString(), StringComparison.Ordinal);
    }

    // The server prints mails in the order in which it took them: the next one it has is this one, so there was none before it.
    private async Task NothingArrived()
    {
        Assert.Null(await Door("@x.example", "@granted.example").Code("email.send", new { to = "marker@x.example", subject = "marker", body = "b" }));
        Assert.Equal(["marker@x.example"], (await server.NextAsync()).To);
    }
}
