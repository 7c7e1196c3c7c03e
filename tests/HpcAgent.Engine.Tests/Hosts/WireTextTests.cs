using System.Diagnostics;
using System.Text;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>The wire text under real shells, by hand: no host between.</summary>
public sealed class WireTextTests : IDisposable
{
    private readonly TempFolder folder = new();

    public static TheoryData<string> EvaluatingShells => ["/bin/sh", "dash", "bash", "busybox sh"];

    public static TheoryData<string> LoginShells => ["sh", "dash", "bash", "zsh", "ksh", "csh", "tcsh", "fish"];

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(EvaluatingShells))]
    public async Task Scripts_keep_their_status_their_parts_and_their_payload(string shell)
    {
        RequireUnixAnd(shell.Split(' ')[0]);
        foreach (var (script, status, expected) in (IEnumerable<(string, int, string)>)
        [
            ("", 0, ""),
            ("exit 7", 7, ""),
            ("echo a; exit 7 # so", 7, ":a\n"),
            ("set -eu; false; echo never", 1, ""),
            ("trap 'echo bye' EXIT; exit 4", 4, ":bye\n"),
            ("set -u; echo ${nothing}; echo never", shell is "bash" ? 1 : 2, ""),
            ("exec sh -c 'echo x; exit 9'", 9, ":x\n"),
            ("kill -TERM $(exec sh -c 'echo $PPID')", 143, ""),
            ("hpc_part one; cat; hpc_part two; printf 'no newline'", 0, "one:pay\0load\ntwo:no newline"),
            ("f() { hpc_part in; echo f; }; f; (hpc_part sub; echo s)", 0, "in:f\nsub:s\n"),
            ("cat <<EOF\n$(echo here)\nEOF", 0, ":here\n"),
            ("printf '\\377\\000\\n'; head -c 4", 0, ":\u00ff\0\npay\0"),
            ("printf '\u00e9\u4e2d'; printf 'e' | tr e '}'", 0, ":\u00c3\u00a9\u00e4\u00b8\u00ad}"),
            ("hpc_part a; set; hpc_part b; printf tail", 0, null!),
        ])
        {
            var text = WireText.Create(script);
            var (exit, output, errors) = await RunAsync(["sh", "-c", text.CommandLine.Replace("/bin/sh", shell, StringComparison.Ordinal)], [.. text.Bytes, .. "pay\0load\n"u8]);
            var (frame, parts) = Read(text, output);
            Assert.True(frame.ExitStatus == status, $"{shell}: '{script}' ended with {frame.ExitStatus}, not {status}: {errors}");
            Assert.Equal(0, exit);
            if (expected is not null)
                Assert.Equal(expected, string.Concat(parts.Select(part => part.Name + ":" + Encoding.Latin1.GetString(part.Content.Span))));
            else
                Assert.Equal(["a", "b"], parts.Select(part => part.Name));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(LoginShells))]
    public async Task The_command_line_means_the_same_to_every_login_shell(string shell)
    {
        RequireUnixAnd(shell);
        var text = WireText.Create("printf '%s' 'it''s !\\ $HOME \"`'; cat; exit 5");
        Assert.DoesNotContain('\n', text.CommandLine);
        Assert.DoesNotContain('!', text.CommandLine);
        var (exit, output, errors) = await RunAsync([shell, "-c", text.CommandLine], [.. text.Bytes, .. "rest"u8]);
        var (frame, parts) = Read(text, output);
        Assert.True(frame.ExitStatus == 5, errors);
        Assert.Equal(0, exit);
        Assert.Equal("its !\\ $HOME \"`rest", Encoding.UTF8.GetString(Assert.Single(parts).Content.Span));
    }

    [Fact]
    public void The_command_line_depends_on_the_length_alone()
    {
        Assert.Equal(WireText.Create("echo 1").CommandLine, WireText.Create("echo 2").CommandLine);
        Assert.NotEqual(WireText.Create("echo 1").Boundary, WireText.Create("echo 1").Boundary);
        Assert.Contains($"count={WireText.Create("echo \u00e9").Bytes.Length} ", WireText.Create("echo 12").CommandLine, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WireText.Create("a\0b"));
    }

    [SkippableTheory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox sh")]
    public async Task A_stream_that_is_cut_at_any_byte_runs_nothing(string shell)
    {
        RequireUnixAnd(shell.Split(' ')[0]);
        var ran = folder["ran"];
        var text = WireText.Create($"""
            echo x >> '{ran}'
            if true; then
              cat <<'EOF' >> '{ran}'
            a document
            EOF
            fi
            """);
        var all = string.Join('\n', Enumerable.Range(0, text.Bytes.Length).Select(count => $"head -c {count} '{folder.Write("text", Encoding.UTF8.GetString(text.Bytes))}' | run"));
        var (_, output, _) = await RunAsync(["sh"], Encoding.UTF8.GetBytes($"run() {{ {text.CommandLine.Replace("exec /bin/sh", shell, StringComparison.Ordinal)}; echo $?; }}\n{all}\n"));
        Assert.False(File.Exists(ran));
        Assert.Equal(Enumerable.Repeat("97", text.Bytes.Length), Encoding.UTF8.GetString(output).TrimEnd().Split('\n'));
    }

    [SkippableTheory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox sh")]
    public async Task A_large_script_that_is_cut_runs_nothing_even_without_the_guard(string shell)
    {
        RequireUnixAnd(shell.Split(' ')[0]);
        var ran = folder["ran"];
        var text = WireText.Create(string.Concat(Enumerable.Range(0, 500).Select(i => $"echo '{i} {{ }} ( )' >> '{ran}'\n")));
        var source = Encoding.UTF8.GetString(text.Bytes);
        for (var count = 1; count < source.Length; count += 1000)
        {
            // What the shell would evaluate if it looked at the text alone: the brace group protects it too.
            var (exit, output, _) = await RunAsync([.. shell.Split(' '), "-c", source[..count]], []);
            Assert.NotEqual(0, exit);
            Assert.Empty(output);
        }

        Assert.False(File.Exists(ran));
        Assert.Equal(0, (await RunAsync([.. shell.Split(' '), "-c", source], [])).Exit);
        Assert.Equal(500, File.ReadAllLines(ran).Length);
    }

    [SkippableTheory]
    [InlineData("dash")]
    [InlineData("bash")]
    public async Task A_start_up_file_that_reads_the_standard_input_lets_nothing_run(string shell)
    {
        RequireUnixAnd(shell);
        var ran = folder["ran"];
        var text = WireText.Create($"echo x >> '{ran}'");
        var (exit, output, _) = await RunAsync([shell, "-c", "read line; " + text.CommandLine], [.. text.Bytes, .. Encoding.UTF8.GetBytes($"\necho y >> '{ran}'\n}} #hpc\n")]);
        Assert.Equal(WireText.DamagedStatus, exit);
        Assert.Empty(output);
        Assert.False(File.Exists(ran));
    }

    private static (FrameReader Frame, IReadOnlyList<AnswerPart> Parts) Read(WireText text, byte[] output)
    {
        var answer = new AnswerCollector(long.MaxValue, null);
        var frame = new FrameReader(text.Boundary, answer);
        output.CopyTo(frame.Free);
        frame.Advance(output.Length);
        frame.Complete();
        return (frame, answer.Parts);
    }

    private static async Task<(int Exit, byte[] Output, string Errors)> RunAsync(string[] command, byte[] input)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The script need not read.
        }

        await reading;
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray(), await errors);
    }

    private static void RequireUnixAnd(string program)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a Unix shell");
        Skip.If(HpcAgent.Engine.Processes.ProgramPath.Find(program) is null && !File.Exists(program), $"{program} is not installed");
    }
}
