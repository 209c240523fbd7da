using CsCheck;
using Morgan.Upstreams.Queueing;

namespace Morgan.Tests.Upstreams.Queueing;

public sealed class FairQueueTests
{
    private static readonly string[] Flows = ["a", "b", "c", "d"];

    // Who comes: of which flow, with which deadline; or null: somebody is served; or how many places from the first one leaves.
    private static readonly Gen<(int Flow, long Deadline)?> Step = Gen.Frequency(
        (3, Gen.Select(Gen.Int[0, 3], Gen.Long[0, 20], (flow, deadline) => ((int, long)?)(flow, deadline))),
        (2, Gen.Const(((int, long)?)null)));

    private readonly FairQueue<Request> _queue = new();
    private readonly List<Request> _waiting = [];

    [Fact]
    public void AnyArrivals_AFlowThatWaits_IsServedAsOftenAsAnyOther() => Step.Array[1, 200].Sample(steps =>
    {
        var test = new FairQueueTests();
        // For each flow that waits: how often each was served since it does.
        var since = Flows.ToDictionary(flow => flow, _ => new Dictionary<string, int>());
        foreach (var step in steps)
        {
            if (step is { } arrival)
            {
                test.Join(Flows[arrival.Flow], arrival.Deadline);
                continue;
            }

            if (test.Serve() is not { } served)
            {
                continue;
            }

            foreach (var flow in Flows)
            {
                since[flow][served.Flow] = since[flow].GetValueOrDefault(served.Flow) + 1;
                if (!test.Waits(flow) && flow != served.Flow)
                {
                    since[flow].Clear();
                }

                if (since[flow].GetValueOrDefault(served.Flow) > since[flow].GetValueOrDefault(flow) + 1)
                {
                    return false;
                }

                if (!test.Waits(flow))
                {
                    since[flow].Clear();
                }
            }
        }

        return true;
    });

    [Fact]
    public void AnyArrivals_WithinAFlow_TheEarliestDeadlineIsServedFirst_OfEqualOnesWhoCameFirst() => Step.Array[1, 200].Sample(steps =>
    {
        var test = new FairQueueTests();
        foreach (var step in steps)
        {
            if (step is { } arrival)
            {
                test.Join(Flows[arrival.Flow], arrival.Deadline);
            }
            else if (test._waiting.ToList() is var before && test.Serve() is { } served)
            {
                Assert.Same(before.Where(other => other.Flow == served.Flow).OrderBy(other => other.Place.Deadline).First(), served);
            }
        }

        return true;
    });

    [Fact]
    public void AnyArrivals_WhatIsSaidOfPlaces_ComesTrueIfNobodyElseComes() =>
        Gen.Select(Step.Array[0, 60], Gen.Int[0, 3], Gen.Long[0, 20]).Sample((steps, flow, deadline) =>
        {
            var test = new FairQueueTests();
            foreach (var step in steps)
            {
                if (step is { } arrival)
                {
                    test.Join(Flows[arrival.Flow], arrival.Deadline);
                }
                else
                {
                    test.Serve();
                }
            }

            var ahead = test._queue.AheadOfNew(Flows[flow], deadline);
            var overtaken = test._queue.Overtaken(Flows[flow], deadline)
                .Select(other => (other.Place, Ahead: test._queue.AheadOf(Flows[flow], other.Before))).ToDictionary();
            var own = test._waiting.Count(other => other.Flow == Flows[flow] && other.Place.Deadline > deadline);
            var newcomer = test.Join(Flows[flow], deadline);
            Assert.Equal(own, overtaken.Count);
            for (var served = 0; test.Serve() is { } next; served++)
            {
                Assert.True(next != newcomer || served == ahead);
                Assert.True(!overtaken.TryGetValue(next.Place, out var said) || said == served);
            }

            return true;
        });

    [Fact]
    public void Leave_AnyOne_TheOthersKeepTheirOrderAndNothingIsLeftOfTheLast() => Gen.Select(Step.Array[1, 60], Gen.Int[0, 1000]).Sample((steps, seed) =>
    {
        var test = new FairQueueTests();
        foreach (var arrival in steps.OfType<(int Flow, long Deadline)>())
        {
            test.Join(Flows[arrival.Flow], arrival.Deadline);
        }

        foreach (var leaver in test._waiting.Where((_, i) => i % 3 == seed % 3).ToList())
        {
            Assert.True(test._queue.Leave(leaver.Place));
            Assert.False(test._queue.Leave(leaver.Place));
            test._waiting.Remove(leaver);
        }

        Assert.Equal(test._waiting.Count, test._queue.Count);
        while (test.Serve() is not null)
        {
        }

        Assert.Empty(test._waiting);
        return test._queue is { Count: 0, Flows: 0 };
    });

    [Fact]
    public void Serve_FirstDoesNotTakeIt_ItsFlowKeepsItsTurn()
    {
        var gone = Join("a", 1);
        var next = Join("a", 2);
        Join("b", 1);

        Request? served = null;
        Assert.True(_queue.Serve(0, (request, _) =>
        {
            served = request;
            return request != gone;
        }));

        Assert.Same(next, served);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void HasRoom_OneFlow_GetsNearlyAllAndLeavesRoomForOthers()
    {
        for (; _queue.HasRoom("flood", 100);)
        {
            Join("flood", 1);
        }

        Assert.Equal(89, _queue.Count);
        for (; _queue.HasRoom("second", 100);)
        {
            Join("second", 1);
        }

        Assert.Equal(99, _queue.Count);
        Assert.True(_queue.HasRoom("third", 100));
    }

    [Fact]
    public void HasRoom_SmallQueue_KeepsTheLastPlaceForAFlowThatHasNone()
    {
        for (; _queue.HasRoom("flood", 3);)
        {
            Join("flood", 1);
        }

        Assert.Equal(2, _queue.Count);
        Assert.True(_queue.HasRoom("second", 3));
    }

    [Fact]
    public void HasRoom_RequestsOfNobody_MayTakeAllPlaces()
    {
        for (; _queue.HasRoom("", 10);)
        {
            Join("", 1);
        }

        Assert.Equal(10, _queue.Count);
    }

    private Request Join(string flow, long deadline)
    {
        var request = new Request(flow, deadline);
        _queue.Join(request.Place);
        _waiting.Add(request);
        return request;
    }

    private Request? Serve()
    {
        Request? served = null;
        _queue.Serve(0, (request, _) =>
        {
            served = request;
            return true;
        });
        if (served is not null)
        {
            _waiting.Remove(served);
        }

        return served;
    }

    private bool Waits(string flow) => _waiting.Exists(request => request.Flow == flow);

    private sealed class Request
    {
        public Request(string flow, long deadline) => (Flow, Place) = (flow, new QueuePlace<Request>(this, flow, deadline));

        public string Flow { get; }

        public QueuePlace<Request> Place { get; }
    }
}
