using CsCheck;
using Morgan.LlmService.Admission;

namespace Morgan.Tests.LlmService.Admission;

public sealed class SlidingWindowTests
{
    [Fact]
    public void Window_AnyArrivals_NeverHoldsMoreThanTheLimitInAnyMinute() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 9_000].Array[1, 200]).Sample((limit, gaps) =>
        {
            var window = new SlidingWindow();
            var admitted = new List<long>();
            long now = 0;
            foreach (var gap in gaps)
            {
                now += gap;
                window.MoveTo(now);
                if (window.UntilRoom(1, limit, now) == TimeSpan.Zero)
                {
                    window.Add(1);
                    admitted.Add(now);
                }
            }

            Assert.All(admitted, at => Assert.True(admitted.Count(other => other >= at && other < at + 60_000) <= limit));
        });

    [Fact]
    public void UntilRoom_FullWindow_SaysWhenThereIsRoomAndKeepsItsWord()
    {
        var window = new SlidingWindow();
        window.MoveTo(1_234);
        window.Add(3);
        window.MoveTo(30_000);
        window.Add(2);

        var wait = window.UntilRoom(2, 5, 30_000);

        Assert.InRange(wait, TimeSpan.FromMilliseconds(31_234), TimeSpan.FromMilliseconds(31_400));
        window.MoveTo(30_000 + (long)wait.TotalMilliseconds);
        Assert.Equal(2, window.Sum);
        Assert.Equal(TimeSpan.Zero, window.UntilRoom(2, 5, 30_000 + (long)wait.TotalMilliseconds));
    }

    [Fact]
    public void Correct_SettledTokens_CountAsUsed()
    {
        var window = new SlidingWindow();
        window.MoveTo(500);
        var slice = window.Add(1000);
        window.MoveTo(5_000);

        window.Correct(slice, 40 - 1000);

        Assert.Equal(40, window.Sum);
        window.MoveTo(70_000);
        window.Correct(slice, 500);
        Assert.Equal(0, window.Sum);
    }
}
