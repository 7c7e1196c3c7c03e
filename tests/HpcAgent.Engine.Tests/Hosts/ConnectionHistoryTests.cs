using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

public sealed class ConnectionHistoryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", null)]
    [InlineData("FF", null)]
    [InlineData("FFF", 60.0)]
    [InlineData("FFFF", 120.0)]
    [InlineData("FFFFF", 240.0)]
    [InlineData("FFFFFFFFFFFFFF", 600.0)]
    [InlineData("FFFM", null)]
    [InlineData("FFMFF", null)]
    [InlineData("FFNF", 60.0)]
    [InlineData("FFFN", 60.0)]
    [InlineData("D", null)]
    [InlineData("DD", 600.0)]
    [InlineData("DMD", null)]
    [InlineData("DFF", 60.0)]
    [InlineData("NNNNNN", null)]
    public void Connections_are_held_back_after_failures_in_a_row(string tries, double? seconds)
    {
        var history = ConnectionHistory.Parse("", s_now);
        foreach (var letter in tries)
            history.Add(s_now, Enum.GetValues<ConnectionOutcome>().Single(outcome => $"{outcome}"[0] == letter));
        var read = ConnectionHistory.Parse(history.ToString(), s_now);
        Assert.Equal(seconds is { } wait ? s_now.AddSeconds(wait) : null, read.HeldUntil(s_now));
        if (seconds is { } later)
            Assert.Null(read.HeldUntil(s_now.AddSeconds(later)));
    }

    [Fact]
    public void Tries_stay_below_twenty_a_minute()
    {
        var history = ConnectionHistory.Parse("", s_now);
        for (var i = 0; i < 19; i++)
            history.Add(s_now.AddSeconds(i), ConnectionOutcome.Made);
        Assert.Equal(TimeSpan.Zero, history.PauseBefore(s_now.AddSeconds(19)));
        history.Add(s_now.AddSeconds(19), ConnectionOutcome.Made);
        Assert.Equal(TimeSpan.FromSeconds(40), history.PauseBefore(s_now.AddSeconds(20)));
        Assert.Equal(TimeSpan.Zero, history.PauseBefore(s_now.AddSeconds(60)));
    }

    [Fact]
    public void Damage_old_tries_and_a_clock_that_was_set_back_are_ignored()
    {
        var now = s_now.ToUnixTimeMilliseconds();
        var old = s_now.AddHours(-1).ToUnixTimeMilliseconds();
        var text = $"{old} Denied\n{old} Denied\n{now + 5000} Denied\n{now} 77\nrubbish\n{now} Denied x\n-1 Denied\n{now} Denied\n{now} Den";
        Assert.Equal($"{now} Denied\n", ConnectionHistory.Parse(text, s_now).ToString());
    }
}
