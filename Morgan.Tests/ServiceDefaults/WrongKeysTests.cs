using System.Net;
using Microsoft.Extensions.Time.Testing;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.Tests.ServiceDefaults;

public sealed class WrongKeysTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Address_AfterItsWrongKeys_WaitsForEachFurtherOne()
    {
        var wrong = new WrongKeys(_time);
        for (var i = 0; i < WrongKeys.Most; i++)
        {
            Assert.True(wrong.Wait(7) <= TimeSpan.Zero, $"after {i}");
            wrong.Note(7);
        }

        Assert.Equal(WrongKeys.Each, wrong.Wait(7));
        Assert.True(wrong.Wait(8) <= TimeSpan.Zero);
        _time.Advance(WrongKeys.Each);
        Assert.True(wrong.Wait(7) <= TimeSpan.Zero);
        wrong.Note(7);
        Assert.Equal(WrongKeys.Each, wrong.Wait(7));
    }

    [Fact]
    public void Addresses_HoweverMany_TakeBoundedMemoryAndTheNewestAreKnown()
    {
        var wrong = new WrongKeys(_time);
        for (var i = 1UL; i < 100_000; i++)
        {
            wrong.Note(i);
        }

        for (var i = 0; i < WrongKeys.Most; i++)
        {
            wrong.Note(99_999);
        }

        Assert.InRange(wrong.Count, 1, 2 * WrongKeys.Generation);
        Assert.True(wrong.Wait(99_999) > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    public void ClientAddress_OfOneClient_IsOneNumber(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.Of(IPAddress.Parse(one)) == ClientAddress.Of(IPAddress.Parse(other)));
}
