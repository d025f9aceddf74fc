//! Assignment: which consumer reads which partition.

/// Spreads partitions over consumers as evenly as can be and moves as few as can be (Kafka's cooperative sticky
/// assignor). `owners` has the present owner of each partition and becomes the new one; `members` are the consumers
/// there are, the longest there first.
pub fn assign(owners: &mut [Option<u32>], members: &[u32]) {
    owners.iter_mut().for_each(|owner| *owner = owner.filter(|member| members.contains(member)));
    if members.is_empty() {
        return;
    }
    let mut loads: Vec<u32> = vec![0; members.len()];
    let place = |member: u32| members.iter().position(|&known| known == member);
    for member in owners.iter().flatten() {
        if let Some(place) = place(*member) {
            loads[place] += 1;
        }
    }
    // What nobody reads goes to whoever reads least, the longest there among equals.
    for owner in owners.iter_mut().filter(|owner| owner.is_none()) {
        let least = (0..members.len()).min_by_key(|&place| (loads[place], place)).unwrap_or(0);
        loads[least] += 1;
        *owner = Some(members[least]);
    }
    // Then the fullest gives its last to the emptiest until nobody has two more than another.
    loop {
        let emptiest = (0..members.len()).min_by_key(|&place| (loads[place], place)).unwrap_or(0);
        let fullest = (0..members.len()).max_by_key(|&place| (loads[place], place)).unwrap_or(0);
        if loads[fullest] <= loads[emptiest] + 1 {
            return;
        }
        let Some(given) = owners.iter().rposition(|owner| *owner == Some(members[fullest])) else { return };
        owners[given] = Some(members[emptiest]);
        loads[fullest] -= 1;
        loads[emptiest] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::assign;

    fn shares(owners: &[Option<u32>], members: &[u32]) -> Vec<usize> {
        members.iter().map(|member| owners.iter().filter(|owner| **owner == Some(*member)).count()).collect()
    }

    fn played(partitions: usize, members: &[u32]) -> Vec<Option<u32>> {
        let mut owners = vec![None; partitions];
        assign(&mut owners, members);
        owners
    }

    #[test]
    fn consumers_share_the_partitions_and_those_beyond_are_idle() {
        assert_eq!(shares(&played(6, &[0, 1, 2]), &[0, 1, 2]), [2, 2, 2]);
        assert_eq!(shares(&played(6, &[0, 1, 2, 3]), &[0, 1, 2, 3]), [2, 2, 1, 1]);
        assert_eq!(shares(&played(6, &[0, 1, 2, 3, 4, 5, 6, 7]), &[6, 7]), [0, 0]);
        assert_eq!(shares(&played(1, &[0, 1, 2, 3]), &[0, 1, 2, 3]), [1, 0, 0, 0]);
        assert_eq!(played(3, &[]), [None, None, None]);
    }

    #[test]
    fn capacity_is_that_of_the_fullest_consumer() {
        // `mq-capacity-*`: P * mu / ceil(P / C), at 100 messages a second for each consumer.
        for (partitions, consumers, capacity) in [(1, 4, 100), (6, 3, 300), (6, 4, 300), (6, 8, 600)] {
            let members: Vec<u32> = (0..consumers).collect();
            let fullest = shares(&played(partitions, &members), &members).into_iter().max().unwrap_or(0);
            assert_eq!(partitions * 100 / fullest, capacity);
        }
    }

    #[test]
    fn nothing_moves_that_need_not() {
        let first = played(6, &[0, 1, 2]);
        let mut gone = first.clone();
        assign(&mut gone, &[0, 2]);
        let moved = first.iter().zip(&gone).filter(|(before, after)| before != after).count();
        assert_eq!((moved, shares(&gone, &[0, 2])), (2, vec![3, 3]));

        let mut joined = gone.clone();
        assign(&mut joined, &[0, 2, 5]);
        let moved = gone.iter().zip(&joined).filter(|(before, after)| before != after).count();
        assert_eq!((moved, shares(&joined, &[0, 2, 5])), (2, vec![2, 2, 2]));
    }
}
