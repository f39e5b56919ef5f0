//! The checks, by what they are about.

pub mod expiry;
pub mod limits;
pub mod messages;
pub mod retained;
pub mod sessions;
pub mod wills;

/// Gives the names of all checks to a macro.
macro_rules! all {
    ($run:ident) => {
        $run! {
            retained:
                a_retained_message_is_replayed_at_every_subscribe_also_a_repeated_one
                a_replay_says_that_it_was_retained_and_a_live_message_does_not
                an_empty_retained_message_empties_its_topic
                wildcards_replay_what_they_match
                the_last_retained_message_wins_and_comes_with_the_lower_qos
                topics_that_begin_with_a_dollar_are_not_matched_by_wildcards
                mqtt_5_subscribers_choose_when_retained_messages_come;
            messages:
                every_quality_of_service_is_accepted_and_delivered
                a_duplicate_of_qos_2_is_delivered_once
                messages_of_each_publisher_come_in_order
                overlapping_subscriptions_lose_nothing
                what_was_unsubscribed_comes_no_more
                filters_and_topics_that_are_none_are_refused
                properties_reach_mqtt_5_and_payloads_everybody
                a_subscriber_may_not_want_to_hear_itself
                subscription_identifiers_come_back
                clients_of_the_library_understand_the_broker_in_both_versions;
            sessions:
                a_lasting_session_gets_in_order_what_it_missed
                what_was_not_acknowledged_comes_again_marked_as_duplicate
                acknowledging_by_hand_survives_a_torn_connection_in_both_versions
                a_clean_session_forgets
                the_same_client_id_takes_the_session_over
                being_taken_over_fires_the_old_will
                qos_2_is_finished_after_a_reconnect
                an_empty_client_id_gets_one;
            wills:
                a_torn_connection_fires_the_will
                silence_beyond_the_keep_alive_fires_the_will_and_pings_do_not
                a_disconnect_fires_no_will
                mqtt_5_may_disconnect_with_the_will
                a_retained_will_stays
                a_will_delay_holds_it_back_and_a_reconnect_cancels_it;
            expiry:
                a_retained_message_expires
                a_queued_message_expires
                a_session_expires_and_its_delayed_will_with_it;
            limits:
                a_payload_of_a_mebibyte_passes
                a_packet_above_the_limit_harms_its_sender_only
                garbage_and_half_open_connections_harm_nobody
                a_version_that_nobody_speaks_is_answered
                names_and_passwords_are_asked_for
                a_client_that_reads_nothing_holds_nobody_up
                a_client_sets_how_much_may_be_on_its_way
                a_message_above_what_a_client_takes_is_not_sent_to_it
                two_hundred_clients_hear_each_other;
        }
    };
}
pub(crate) use all;
