using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Local;

public sealed class ShellTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quoted_text_is_one_word_of_safe_quotes() => Prop.ForAll<NonNull<string>>(text =>
    {
        string quoted = ShellQuote.Always(text.Get);
        StringBuilder read = new();
        bool inside = false;
        for (int i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '\'')
            {
                inside = !inside;
            }
            else if (inside)
            {
                read.Append(quoted[i]);
            }
            else
            {
                // Outside of quotes nothing stands but an escaped quote.
                Assert.Equal("\\'", quoted.Substring(i++, 2));
                read.Append('\'');
            }
        }
        Assert.False(inside);
        Assert.Equal(text.Get, read.ToString());
    }).QuickCheckThrowOnFailure();

    [SkippableTheory]
    [InlineData("sh")]
    [InlineData("bash")]
    public async Task Every_shell_reads_quoted_text_byte_for_byte(string shell)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no POSIX shell");
        string[] texts = ["", "'", "''", "it's", "\\'", "a\nb\n", "$(x) `y` $z", "\"", "😀", "!", "~ *", "\u0001", "-e"];
        string script = _folder.Write("s.sh", $"printf '%s\\0' {string.Join(' ', texts.Select(ShellQuote.Always))}\n");
        using Process process = Process.Start(new ProcessStartInfo(shell, [script]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal([.. texts, ""], output.Split('\0'));
    }

    [Theory]
    [InlineData("", true, "", "sh")]
    [InlineData("/bin/zsh", true, "", "/bin/zsh")]
    public void The_declared_shell_is_taken_and_sh_only_for_what_all_shells_read_alike(string declared, bool portable, string preamble, string expected) =>
        Assert.Equal(expected, ShellChoice.For(declared, portable, preamble));

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "module load x")]
    public void Else_it_is_bash_where_there_is_one(bool portable, string preamble) =>
        Assert.Equal(File.Exists("/bin/bash") ? "/bin/bash" : ShellChoice.For("", false, ""), ShellChoice.For("", portable, preamble));

    [Fact]
    public void The_environment_file_keeps_every_byte_and_leaves_out_what_describes_the_submitting_shell()
    {
        string path = _folder["environment"];
        EnvironmentFile.Write(path, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["A"] = "1\n2=3",
            ["B"] = "",
            ["PWD"] = "/x",
            ["SHLVL"] = "3",
            ["HPC_KW_OLD"] = "of the outer task",
            ["C"] = "ä😀",
        });
        Assert.Equal(["A=1\n2=3", "B=", "C=ä😀"], EnvironmentFile.Read(path).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(0b110_000_000, TempFolder.Mode(path));
        Assert.Empty(EnvironmentFile.Read(_folder["none"]));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }
}
